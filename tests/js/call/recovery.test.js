// A call whose line is lost, or whose page is loaded again, is the same call.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { encode } from "../../../voiceapp/static/js/audio/base64.js"
import { KEPT, Place, RESUMED, settle, silent } from "../support/place.js"

after(Place.leave)

const SECOND = encode(new Int16Array(24000).fill(5))
const STORY = "Once upon a time there was a cat. It sat by the river and counted boats."
const block = () => new Int16Array(960)

async function kept(microphone = false, storage = null, delegate = silent()) {
  const made = new Place(delegate, storage)
  made.line.ready = KEPT
  await made.goLive(microphone)
  return made
}

function lose(made) {
  made.line.connected = false
  made.line.come("disconnect", "transport close")
}

async function back(made, resumed = {}) {
  made.line.resumption = ["resumed", { ...RESUMED, number: made.line.number, ...resumed }]
  made.line.said = []
  await made.rest()
}

function speak({ line }, item = "a1", follows = null) {
  line.come("turn", 0, { state: "assistant" })
  line.come("item", 0, { id: item, role: "assistant", after: follows, kind: "audio" })
  line.come("transcript", 0, { item, delta: STORY })
  for (let i = 0; i < 5; i++) line.come("audio", 0, item, SECOND)
}

const play = ({ call }, item, ms) => call.player.node.port.onmessage({ data: { type: "position", item, ms, rms: 0 } })
const sent = ({ line }, ...events) => line.said.filter(([event]) => events.includes(event))

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
  made.call.pushToTalk.press()
  await settle()
  lose(made)
  assert.ok(made.call.talking)
  made.call.microphoneHeard(block())
  await back(made, { taken: 1 })
  assert.ok(made.call.talking)
  made.clock.ms += 1000
  made.call.pushToTalk.key.release()
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

test("told anew, nothing is there twice, and an answer counts on from where it was heard", async () => {
  const made = await kept()
  speak(made)
  play(made, "a1", 4000)
  lose(made)
  await back(made, { again: true, number: 20, missed: 3, heard: [{ item: "a1", heard_ms: 3500 }] })
  assert.deepEqual(made.standing, ["events_missed"])
  made.line.number = 20
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

test("taken over by another tab, the page says so and does not come back", async () => {
  const made = await kept(true)
  made.line.come("notice", { code: "taken_over", fatal: true })
  made.line.come("ended", { reason: "taken_over" })
  await made.rest()
  assert.deepEqual([made.call.callState.phase, made.standing, made.world.live()], ["ended", ["taken_over"], 0])
  assert.ok(!made.line.events.includes("stop"))
})

/** The tab's storage, over all pages in it. */
function tab() {
  const items = new Map()
  return {
    items, getItem: key => items.get(key) ?? null, setItem: (key, value) => items.set(key, value),
    removeItem: key => items.delete(key)
  }
}

async function reloaded(storage, { permission = "granted", resumed = {}, delegate = silent() } = {}) {
  const made = new Place(delegate, storage)
  made.line.resumption = ["resumed", { ...RESUMED, again: true, number: 7, ...resumed }]
  made.call.audio.permission.permissions = { query: async () => ({ state: permission, addEventListener() {} }) }
  await made.call.recovery.start()
  return made
}

test("a page that is loaded again is in the call that it was in, and hears", async () => {
  const storage = tab()
  const before = await kept(true, storage)
  before.call.recovery.left()
  await before.rest()
  assert.ok(!before.line.events.includes("stop"))
  const made = await reloaded(storage)
  assert.equal(made.call.callState.phase, "reconnecting")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  const [, request] = sent(made, "resume")[0]
  assert.deepEqual([request.token, request.got], ["t", null])
  assert.notEqual(request.page, before.call.transport.resumption.page)
  assert.deepEqual([made.world.live(), made.call.muted], [1, false])
  assert.deepEqual(sent(made, "start"), [])
  assert.equal(JSON.parse(storage.getItem("voiceapp.call")).token, "t2")
  made.call.stop()
  await made.rest()
  assert.equal(storage.items.size, 0)
})

test("a page that is loaded again before it knows whether it has its call comes as the same page", async () => {
  const storage = tab()
  const before = await kept(false, storage)
  lose(before)
  while (sent(before, "resume").length === 0) assert.ok(await before.step())
  const { page } = before.call.transport.resumption
  before.call.recovery.left()
  // And once more.
  const twice = await reloaded(storage)
  while (sent(twice, "resume").length === 0) assert.ok(await twice.step())
  twice.call.recovery.left()
  const made = await reloaded(storage)
  await made.rest()
  assert.deepEqual([twice, made].map(place => sent(place, "resume")[0][1].page), [page, page])
  assert.deepEqual([sent(made, "resume")[0][1].got, made.call.callState.phase], [null, "live"])
  // Now it has it.
  made.call.recovery.left()
  const next = await reloaded(storage)
  await next.rest()
  assert.notEqual(sent(next, "resume")[0][1].page, page)
  next.call.stop()
  await next.rest()
})

test("a page that is loaded again tells a server that knows nothing of the call what it kept of it", async () => {
  const storage = tab()
  const before = await kept(false, storage)
  before.call.recovery.left()
  await before.rest()
  const made = await reloaded(storage)
  made.call.recovery.talk = { entries: [{ role: "user", text: "Hello.", heard: null }] }
  made.line.resumption = ["not_resumed", { code: "talk_wanted", message: "", retry: true, after_s: null }]
  while (sent(made, "resume").length < 2) assert.ok(await made.step())
  assert.deepEqual(sent(made, "resume")[1][1].talk, [{ role: "user", text: "Hello." }])
  made.call.stop()
  await made.rest()
})

for (const [why, change, permission] of [
  ["it was shut before", { microphone: false }, "granted"],
  ["the page was away for long", { seen: Date.now() - 31_000 }, "granted"],
  ["the clock was set back meanwhile, so nobody knows", { seen: Date.now() + 3_600_000 }, "granted"],
  ["somebody would have to be asked", {}, "prompt"]
]) {
  test(`loaded again, the page does not listen where ${why}`, async () => {
    const storage = tab()
    const before = await kept(true, storage)
    before.call.recovery.left()
    await before.rest()
    const saved = JSON.parse(storage.getItem("voiceapp.call"))
    storage.setItem("voiceapp.call", JSON.stringify({ ...saved, ...change }))
    const made = await reloaded(storage, { permission })
    await made.rest()
    assert.equal(made.world.tracks.length, 0)
    assert.ok(made.call.muted)
    made.call.stop()
    await made.rest()
  })
}

test("a call that is over by then is said to be, and no other begins", async () => {
  const storage = tab()
  const before = await kept(false, storage)
  before.call.recovery.left()
  await before.rest()
  const made = await reloaded(storage)
  made.line.resumption = ["not_resumed", { code: "call_over", message: "", retry: false, after_s: null }]
  await made.rest()
  assert.deepEqual([made.call.callState.phase, made.standing], ["ended", ["ended_away"]])
  assert.deepEqual(sent(made, "start"), [])
  assert.equal(storage.items.size, 0)
})

test("a call that is not kept ends with its page", async () => {
  const storage = tab()
  const made = new Place(silent(), storage)
  await made.goLive(false)
  assert.equal(storage.items.size, 0)
  made.call.recovery.left()
  await made.rest()
  assert.ok(made.line.events.includes("stop"))
})

test("a page that is opened days later is in no call", async () => {
  const storage = tab()
  const before = await kept(false, storage)
  before.call.recovery.left()
  await before.rest()
  const saved = JSON.parse(storage.getItem("voiceapp.call"))
  storage.setItem("voiceapp.call", JSON.stringify({ ...saved, seen: Date.now() - 86_400_000 }))
  const made = await reloaded(storage)
  assert.equal(made.call.callState.phase, "idle")
  assert.equal(storage.items.size, 0)
})

/** A delegate, and what it was given back to the box. */
function box() {
  const texts = []
  const delegate = new Proxy({}, { get: (_, name) => name === "textsUnsent" ? all => texts.push(...all) : () => {} })
  return { texts, delegate }
}

const texts = ({ line }) => line.said.filter(([event]) => event === "text").map(([, { text, n }]) => [text, n])

for (const [taken, again] of [[0, ["Taken", "Lost"]], [1, ["Lost"]], [2, []]]) {
  test(`typed just before a reload, ${taken} of two texts were taken: the rest is sent, and none is in the box`, async () => {
    const storage = tab()
    const { texts: given, delegate } = box()
    const before = await kept(false, storage, delegate)
    for (const text of ["Taken", "Lost"]) before.call.say(text)
    before.call.recovery.left()
    await before.rest()
    // And once more, before it is in the call.
    const twice = await reloaded(storage, { delegate })
    twice.call.recovery.left()
    const made = await reloaded(storage, { delegate, resumed: { taken } })
    made.call.say("New")
    assert.deepEqual(made.call.outbox.all.map(({ text }) => text), ["Taken", "Lost", "New"])
    while (!made.call.callState.live) assert.ok(await made.step())
    assert.deepEqual(texts(made), [...again, "New"].map((text, i) => [text, taken + 1 + i]))
    assert.deepEqual(made.call.outbox.all.map(({ text }) => text), [...again, "New"])
    assert.deepEqual(given, [])
    made.call.stop()
    await made.rest()
  })
}

test("typed just before a reload into a call that is over by then, or was long ago, a text is in the box again", async () => {
  for (const away of [0, 86_400_000]) {
    const storage = tab()
    const before = await kept(false, storage)
    before.call.say("Hello")
    before.call.recovery.left()
    await before.rest()
    const saved = JSON.parse(storage.getItem("voiceapp.call"))
    storage.setItem("voiceapp.call", JSON.stringify({ ...saved, seen: saved.seen - away }))
    const { texts: given, delegate } = box()
    const made = await reloaded(storage, { delegate })
    made.line.resumption = ["not_resumed", { code: "call_over", message: "", retry: false, after_s: null }]
    await made.rest()
    assert.deepEqual([given, made.call.outbox.all], [["Hello"], []])
  }
})

test("a text that was refused is the person's also after a reload", async () => {
  const storage = tab()
  const { texts: given, delegate } = box()
  const before = await kept(false, storage, delegate)
  before.call.say("Too much")
  before.line.come("notice", { code: "too_fast", message: "", retry: false, fatal: false })
  // Its number was used up all the same.
  await before.rest()
  assert.deepEqual(JSON.parse(storage.getItem("voiceapp.call")).texts, [])
  before.call.recovery.left()
  await before.rest()
  assert.deepEqual(given, ["Too much"])
})
