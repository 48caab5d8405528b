// A call whose line is lost, or whose page is loaded again, is the same call.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { encode } from "../../../voiceapp/static/js/audio/base64.js"
import { KEPT, Place, RESUMED, settle } from "../support/place.js"
import { kept, sent } from "../support/tab.js"

after(Place.leave)

const SECOND = encode(new Int16Array(24000).fill(5))
const STORY = "Once upon a time there was a cat. It sat by the river and counted boats."
const block = () => new Int16Array(960)

function lose(made) {
  made.line.connected = false
  made.line.come("disconnect", "transport close")
}

async function back(made, resumed = {}) {
  made.line.resumption = ["resumed", { ...RESUMED, number: made.line.number, ...resumed }]
  made.line.said = []
  await made.rest()
}

/** Not all of what was told meanwhile is still there; how things stand is told next. */
async function backAnew(made, resumed = {}) {
  await back(made, { again: true, number: 20, missed: 3, ...resumed })
  made.line.number = 20
}

function speak({ line }, item = "a1", follows = null) {
  line.come("turn", 0, { state: "assistant" })
  line.come("item", 0, { id: item, role: "assistant", after: follows, kind: "audio" })
  line.come("transcript", 0, { item, delta: STORY })
  for (let i = 0; i < 5; i++) line.come("audio", 0, item, SECOND)
}

const play = ({ call }, item, ms) => call.player.node.port.onmessage({ data: { type: "position", item, ms, rms: 0 } })

test("an answer that is held goes on once the line is away: nobody else would let it", async () => {
  const made = await kept()
  speak(made)
  made.line.come("hold", 0, { on: true, voice_ms: 600 })
  assert.ok(made.call.player.held)
  lose(made)
  assert.ok(!made.call.player.held)
  await back(made)
  made.call.outgoing.gate.mute(false)
  for (let i = 0; i < 20; i++) made.call.levelMeasured(0.2, 100)
  assert.deepEqual(sent(made, "voice"), [], "it is played: that may be its echo")
})

test("what is playing goes on while the line is away, in its turn, and is told of when it is back", async () => {
  const made = await kept(true)
  speak(made)
  play(made, "a1", 1000)
  lose(made)
  assert.equal(made.call.callState.phase, "reconnecting")
  assert.equal(made.call.callState.turn, "assistant")
  assert.ok(made.call.speaking && made.call.answering)
  assert.equal(made.world.live(), 1)
  play(made, "a1", 2000)
  const entry = made.transcript.entries.flat().find(({ id }) => id === "a1")
  assert.ok(made.pace.shown(entry) > 0)
  await back(made)
  assert.deepEqual([made.call.callState.phase, made.call.callState.turn], ["live", "assistant"])
  assert.deepEqual(sent(made, "resume")[0][1].got, 8)
  assert.deepEqual(sent(made, "heard").at(-1), ["heard", { item: "a1", heard_ms: 2000 }])
  assert.equal(made.transcript.segments.length, 1)
  assert.deepEqual(made.standing, [])
  assert.equal(made.call.stats.resumes, 1)
})

test("stopped while the line is away, it is silent at once, and the server hears of it when it can", async () => {
  const made = await kept()
  speak(made)
  lose(made)
  made.call.interrupt()
  assert.equal(made.call.player.busy, false)
  await back(made)
  assert.deepEqual(sent(made, "interrupt"), [["interrupt", { n: 1 }]])
})

test("what is said and typed while the line is away goes up in its order, and is marked as it is", async () => {
  const made = await kept(true)
  made.call.say("Before")
  assert.equal(made.call.outbox.all[0].state, "sent")
  lose(made)
  assert.equal(made.call.outbox.all[0].state, "waiting")
  made.call.microphoneHeard(block())
  made.call.say("Meanwhile")
  assert.deepEqual(made.call.outbox.all.map(({ state }) => state), ["waiting", "waiting"])
  made.line.resumption = ["resumed", { ...RESUMED, taken: 1 }]
  made.line.said = []
  for (let i = 0; !made.call.callState.live; i++) assert.ok(i < 20 && await made.step())
  assert.deepEqual(
    sent(made, "text", "audio").map(([event, data]) => [event, data.text ?? data]), [["audio", 2], ["text", "Meanwhile"]]
  )
  assert.deepEqual(made.call.outbox.all.map(({ state }) => state), ["sent", "sent"])
  made.line.come("transcript", 0, { item: "t1", text: "Before", final: true })
  made.line.come("item", 0, { id: "t1", role: "user", after: null, kind: "text" })
  assert.deepEqual(made.call.outbox.all.map(({ text }) => text), ["Meanwhile"])
})

test("the key that is held stays held", async () => {
  const made = new Place()
  made.line.ready = KEPT
  made.preferences.choose("mode", "push_to_talk")
  await made.goLive()
  made.call.pushToTalk.press(" ")
  await settle()
  lose(made)
  assert.ok(made.call.talking)
  made.call.microphoneHeard(block())
  await back(made, { taken: 1 })
  assert.ok(made.call.talking)
  made.clock.ms += 1000
  made.call.pushToTalk.key.release(" ")
  await made.rest()
  assert.deepEqual(sent(made, "talk", "audio").map(([event, data]) => [event, data.n ?? data]), [["audio", 2], ["talk", 3]])
})

test("a call that is over is taken up by a new one, which is told what was said and heard", async () => {
  const made = await kept()
  made.line.come("item", 0, { id: "u1", role: "user", after: null, kind: "audio" })
  made.line.come("transcript", 0, { item: "u1", text: "Tell me a story.", final: true })
  speak(made, "a1", "u1")
  play(made, "a1", 2500)
  const shown = made.pace.shown(made.transcript.entries.flat().find(({ id }) => id === "a1"))
  lose(made)
  made.line.said = []
  await made.rest()
  const [, request] = sent(made, "start")[0]
  assert.deepEqual(request.talk, [
    { role: "user", text: "Tell me a story." }, { role: "assistant", text: STORY.slice(0, shown).trim() }
  ])
  assert.equal(request.greet, false)
  assert.equal(made.call.callState.phase, "live")
  assert.deepEqual(made.standing, ["call_over"])
  assert.equal(made.transcript.segments.length, 2)
})

test("a server that took the call on and knows nothing of it is told", async () => {
  const made = await kept()
  made.line.come("item", 0, { id: "u1", role: "user", after: null, kind: "audio" })
  made.line.come("transcript", 0, { item: "u1", text: "Hello.", final: true })
  lose(made)
  made.line.said = []
  made.line.resumption = ["not_resumed", { code: "talk_wanted", message: "", retry: true, after_s: null }]
  while (sent(made, "resume").length < 2) assert.ok(await made.step())
  assert.deepEqual(made.standing, ["talk_wanted"])
  assert.deepEqual(sent(made, "resume").map(([, { talk }]) => talk), [undefined, [{ role: "user", text: "Hello." }]])
  made.line.come("resumed", { ...RESUMED, why: "moved", again: true, number: 2 })
  assert.deepEqual([made.call.callState.phase, made.standing], ["live", ["moved"]])
  made.line.come("item", 0, { id: "u1", role: "user", after: null, kind: "audio" })
  made.line.come("transcript", 0, { item: "u1", text: "Hello.", final: true })
  assert.deepEqual(made.transcript.entries.flat().map(({ id, breaks }) => [id, breaks.map(({ kind }) => kind)]), [
    ["u1", ["moved"]]
  ])
})

test("that something was missed is said though an answer is being spoken by now, and until the next turn", async () => {
  const made = await kept()
  made.line.come("turn", 0, { state: "thinking" })
  lose(made)
  await backAnew(made)
  made.line.come("turn", 0, { state: "assistant" })
  assert.deepEqual([made.call.callState.turn, made.standing], ["assistant", ["events_missed"]])
  made.line.come("turn", 0, { state: "user" })
  assert.deepEqual(made.standing, [])
})

test("what stood before the line was lost ends with the turn that is told anew", async () => {
  const made = await kept()
  made.line.come("turn", 0, { state: "thinking" })
  made.line.come("notice", { code: "overdue" })
  lose(made)
  await backAnew(made)
  assert.deepEqual(made.standing, ["overdue", "events_missed"])
  made.line.come("turn", 0, { state: "assistant" })
  assert.deepEqual(made.standing, ["events_missed"])
})

test("a line that is lost once more before the turn is told leaves said what was missed the first time", async () => {
  const made = await kept()
  made.line.come("turn", 0, { state: "thinking" })
  lose(made)
  await backAnew(made)
  lose(made)
  await back(made, { number: 20 })
  made.line.come("turn", 0, { state: "assistant" })
  assert.deepEqual(made.standing, ["events_missed"])
})

test("what a server was about to say when it was gone ends, and that another took the call on is still said", async () => {
  const made = await kept()
  speak(made)
  lose(made)
  await back(made, { why: "moved" })
  made.line.come("turn", 0, { state: "listening" })
  assert.deepEqual([made.call.callState.turn, made.standing], ["listening", ["moved"]])
  for (const state of ["user", "thinking", "assistant", "listening"]) made.line.come("turn", 0, { state })
  assert.deepEqual(made.standing, [])
})

test("told anew, nothing is there twice, and an answer counts on from where it was heard", async () => {
  const made = await kept()
  speak(made)
  play(made, "a1", 4000)
  lose(made)
  await backAnew(made, { heard: [{ item: "a1", heard_ms: 3500 }] })
  assert.deepEqual(made.standing, ["events_missed"])
  made.line.come("item", 0, { id: "u1", role: "user", after: null, kind: "audio" })
  made.line.come("transcript", 0, { item: "u1", text: "A story!", final: true })
  made.line.come("item", 0, { id: "a0", role: "assistant", after: "u1", kind: "audio" })
  made.line.come("transcript", 0, { item: "a0", text: "Gladly.", final: true })
  made.line.come("item", 0, { id: "a1", role: "assistant", after: "a0", kind: "audio" })
  made.line.come("transcript", 0, { item: "a1", text: STORY, final: true })
  made.line.come("turn", 0, { state: "assistant" })
  made.line.come("audio", 0, "a1", SECOND)
  const entries = made.transcript.entries.flat()
  assert.deepEqual(entries.map(({ id }) => id), ["u1", "a0", "a1"])
  const [, before, now] = entries.map(entry => made.pace.shown(entry))
  assert.equal(before, "Gladly.".length)
  assert.ok(now > 0 && now < STORY.length)
  // The worklet has not cleared what it played before.
  play(made, "a1", 5000)
  assert.equal(made.call.stats.heard.get("a1"), 3500)
  made.call.player.node.port.onmessage({ data: { type: "cleared" } })
  play(made, "a1", 4200)
  assert.equal(made.call.stats.heard.get("a1"), 4200)
})

test("away for longer than the call is kept, the microphone is let go, and what waited of it is not sent", async () => {
  const made = await kept(true)
  lose(made)
  made.call.microphoneHeard(block())
  made.clock.ms += 31_000
  await back(made)
  assert.equal(made.world.live(), 0)
  assert.ok(made.call.muted && made.standing.includes("microphone_shut"))
  assert.deepEqual(sent(made, "audio"), [])
})

test("away for longer than the call is kept, a locked talk key is let go with the microphone", async () => {
  const made = new Place()
  made.preferences.choose("mode", "push_to_talk")
  made.line.ready = KEPT
  await made.goLive()
  made.call.pushToTalk.toggle()
  lose(made)
  assert.ok(made.call.talking)
  made.clock.ms += 31_000
  await back(made)
  assert.deepEqual([made.call.muted, made.call.talking], [true, false])
})

test("taken over by another tab, the page says so and does not come back", async () => {
  const made = await kept(true)
  made.line.come("notice", { code: "taken_over", fatal: true })
  made.line.come("ended", { reason: "taken_over" })
  await made.rest()
  assert.deepEqual([made.call.callState.phase, made.standing, made.world.live()], ["ended", ["taken_over"], 0])
  assert.ok(!made.line.events.includes("stop"))
})

for (const why of ["moved", "back"])
  test(`a tool that ran or asked is ${why === "moved" ? "not known of in another process" : "still at it"}`, async () => {
    const made = await kept(true)
    for (const [n, state] of ["running", "asked", "done"].entries()) {
      made.line.come("item", 3 * n + 1, { id: `t${n}`, role: "tool", after: n ? `t${n - 1}` : null, kind: "text" })
      made.line.come("tool", 3 * n + 2, { call: `t${n}`, name: "order", arguments: "{}", state })
    }
    lose(made)
    await back(made, { why })
    const states = made.call.recovery.transcript.entries.flat().filter(({ tool }) => tool).map(({ tool }) => tool.state)
    assert.deepEqual(states, why === "moved" ? ["unknown", "unknown", "done"] : ["running", "asked", "done"])
    assert.equal(made.call.incoming.asked.size > 0, why === "back")
  })
