// What a call says of itself, for whom, and until when; and what it does where the sound does not run.
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { encode } from "../../../voiceapp/static/js/audio/base64.js"
import { stateOf } from "../../../voiceapp/static/js/models/status.js"
import { Permission } from "../../../voiceapp/static/js/browser/permission.js"
import { Place, settle } from "../support/place.js"

after(Place.leave)

const SILENCE = 0.0001
const SECOND = encode(new Int16Array(24000).fill(5))

async function live(microphone = true) {
  const made = new Place()
  await made.goLive(microphone)
  return made
}

function speak({ line }, item = "a1", text = "Hello there, nice to hear you.") {
  line.come("turn", 1, { state: "assistant" })
  line.come("item", 2, { id: item, role: "assistant", after: null, kind: "audio" })
  line.come("transcript", 3, { item, delta: text })
  line.come("audio", 4, item, SECOND)
}

test("during the assistant's own greeting nobody is told that there is only silence, and afterwards in their turn", async () => {
  const made = await live()
  speak(made)
  made.hear(SILENCE, 20)
  assert.deepEqual(made.standing, [])
  made.call.player.silence()
  made.line.come("turn", 5, { state: "listening" })
  made.hear(SILENCE, 6)
  assert.deepEqual(made.standing, ["microphone_silent"])
})

test("with push to talk there is silence only while the key is down", async () => {
  const made = new Place()
  made.preferences.choose("mode", "push_to_talk")
  await made.goLive()
  made.hear(SILENCE, 20)
  assert.deepEqual(made.standing, [])
  made.call.pushToTalk.press(" ")
  await settle()
  made.hear(SILENCE, 6)
  assert.deepEqual(made.standing, ["microphone_silent"])
})

test("with push to talk locked, muting ends the turn and is said; the next press of the key is heard again", async () => {
  const made = new Place()
  made.preferences.choose("mode", "push_to_talk")
  await made.goLive()
  const { call } = made
  call.pushToTalk.toggle()
  await settle()
  assert.equal(stateOf(call), "user")
  call.toggleMicrophone()
  await settle()
  assert.deepEqual([call.talking, stateOf(call)], [false, "muted"])
  call.pushToTalk.press(" ")
  await settle()
  assert.deepEqual([call.muted, stateOf(call)], [false, "user"])
})

test("muted, or heard by the server, nobody is told that there is only silence", async () => {
  const made = await live()
  made.hear(SILENCE, 6)
  assert.deepEqual(made.standing, ["microphone_silent"])
  made.call.toggleMicrophone()
  assert.deepEqual(made.standing, [])
  made.hear(SILENCE, 20)
  made.call.toggleMicrophone()
  made.line.come("turn", 1, { state: "user" })
  made.hear(SILENCE, 1)
  made.line.come("turn", 2, { state: "listening" })
  made.hear(0, 60)
  assert.deepEqual(made.standing, [])
})

test("the microphone is blocked until it is allowed, wherever that is done", async () => {
  const status = Object.assign(new EventTarget(), { state: "denied" })
  const made = await live(false)
  made.call.notices.add({ code: "microphone_denied" })
  made.call.audio.permission.permissions = { query: async () => status }
  made.call.audio.permission.start()
  await settle()
  status.dispatchEvent(new Event("change"))
  assert.deepEqual(made.standing, ["microphone_denied"])
  status.state = "granted"
  status.dispatchEvent(new Event("change"))
  assert.deepEqual(made.standing, [])
  await new Permission({ microphoneAllowed() {} }, { query: async () => { throw new TypeError() } }).start()
})

test("a microphone that the system lends to another is named, and not taken for a silent one", async () => {
  const made = await live()
  const track = made.world.tracks.at(-1)
  track.onmute()
  made.hear(0, 20)
  assert.deepEqual(made.standing, ["microphone_taken"])
  track.onunmute()
  assert.deepEqual(made.standing, [])
})

test("a microphone that goes away in the middle of speech leaves no turn without an end", async () => {
  const made = await live()
  made.line.come("turn", 1, { state: "user" })
  const before = made.line.said.length
  made.call.audio.microphone.devices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"))
  made.call.audio.microphoneLost()
  await made.rest()
  const sent = made.line.said.slice(before).filter(([event]) => event === "audio")
  assert.equal(sent.length, 14)
})

test("where the sound does not run, the person is not said to be listened to, though the microphone is on", async () => {
  const made = new Place()
  made.world.stuck = true
  await made.goLive(true)
  assert.deepEqual([made.call.muted, made.call.audio.stopped, stateOf(made.call)], [false, true, "muted"])
  assert.deepEqual(made.standing, ["no_sound"])
})

test("where the sound does not run, answers are read as they come, and the server is told that they arrived", async () => {
  const made = new Place()
  made.world.stuck = true
  await made.goLive(false)
  assert.deepEqual(made.standing, ["no_sound"])
  speak(made)
  const entry = made.transcript.entries.flat().find(({ id }) => id === "a1")
  assert.equal(made.pace.shown(entry), entry.text.length)
  assert.equal(made.call.player.busy, false)
  made.line.come("audio", 5, "a1", "")
  made.line.come("flush", 6, { item: "a1" })
  const [heard, flushed] = made.line.said.slice(-2)
  assert.deepEqual(heard, ["heard", { item: "a1", heard_ms: 1000 }])
  assert.deepEqual(flushed, ["flushed", { item: "a1", heard_ms: 1000, n: 1 }])
})

test("an answer that has no sound is read also where its turn ends before the page has drawn it", async () => {
  const made = await live()
  made.line.come("turn", 1, { state: "assistant" })
  made.line.come("item", 2, { id: "a1", role: "assistant", after: null, kind: "audio" })
  made.line.come("transcript", 3, { item: "a1", text: "Hello there.", final: true })
  made.line.come("turn", 4, { state: "listening" })
  const entry = made.transcript.entries.flat().find(({ id }) => id === "a1")
  assert.equal(made.pace.shown(entry), entry.text.length)
  assert.ok(made.pace.settled(entry))
})

test("a touch tries a sound that never ran, cuts no answer for it, and what comes then is played", async () => {
  const made = new Place()
  made.world.stuck = true
  await made.goLive(false)
  speak(made)
  made.call.audio.touched()
  await made.rest()
  assert.ok(!made.line.events.includes("interrupt"))
  assert.equal(made.world.contexts.length, 1)
  made.world.stuck = false
  made.call.audio.touched()
  await made.rest()
  assert.deepEqual(made.standing, [])
  speak(made, "a2")
  assert.equal(made.call.player.busy, true)
})

test("a sound that the system has stopped goes on when the page is seen again", async () => {
  const made = await live()
  made.world.stuck = true
  made.world.contexts[0].state = "interrupted"
  made.call.audio.deviceChanged()
  await made.rest()
  assert.deepEqual(made.standing, ["sound_paused"])
  made.world.stuck = false
  made.call.pageShown()
  await made.rest()
  assert.deepEqual(made.standing, [])
})

test("a microphone that the browser gives up is let go, its turn ends, the person is told, and a press opens it again", async () => {
  const made = await live()
  made.line.come("turn", 1, { state: "user" })
  const before = made.line.said.length
  made.call.microphone.node.onprocessorerror()
  assert.equal(made.world.live(), 0)
  assert.ok(made.call.muted)
  assert.deepEqual(made.standing, ["microphone_failed"])
  assert.equal(made.line.said.slice(before).filter(([event]) => event === "audio").length, 14)
  made.call.toggleMicrophone()
  await made.rest()
  assert.deepEqual([made.world.live(), made.call.muted, made.standing], [1, false, []])
})

test("a worklet of a microphone that was exchanged says nothing of the one that is there", async () => {
  const made = await live()
  const { node } = made.call.microphone
  made.call.audio.preferenceChanged("microphone")
  await made.rest()
  node.onprocessorerror()
  assert.deepEqual([made.world.live(), made.standing], [1, []])
})

test("where the browser gives up playback, the answer is cut where it was heard, the next is read, and a touch brings the sound back", async () => {
  const made = await live()
  speak(made)
  const { player } = made.call
  player.node.port.onmessage({ data: { type: "position", item: "a1", ms: 400, rms: 0.1 } })
  player.node.onprocessorerror()
  assert.deepEqual(made.standing, ["sound_failed"])
  assert.ok(made.line.events.includes("interrupt"))
  made.line.come("flush", 5, { item: "a1" })
  await made.rest()
  assert.deepEqual(made.line.said.at(-1), ["flushed", { item: "a1", heard_ms: 400, n: 2 }])
  speak(made, "a2")
  assert.equal(player.busy, false)
  const entry = made.transcript.entries.flat().find(({ id }) => id === "a2")
  assert.equal(made.pace.shown(entry), entry.text.length)
  made.world.contexts[0].onstatechange()
  assert.deepEqual(made.standing, ["sound_failed"])
  made.call.audio.touched()
  await made.rest()
  assert.deepEqual([made.standing, made.world.open(), made.world.live()], [[], 1, 1])
  speak(made, "a3")
  assert.equal(player.busy, true)
})

test("an iPhone's sound goes back to where it was once the call is over", async () => {
  const session = { type: "auto" }
  Object.defineProperty(navigator, "audioSession", { value: session, configurable: true })
  const made = await live()
  assert.equal(session.type, "play-and-record")
  made.call.stop()
  await made.rest()
  assert.equal(session.type, "auto")
  delete navigator.audioSession
})
