// A page that is loaded again is in the call that it was in, with what was typed and said.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { KEPT, Place, silent } from "../support/place.js"
import { kept, reloaded, sent, tab } from "../support/tab.js"

after(Place.leave)

function lose(made) {
  made.line.connected = false
  made.line.come("disconnect", "transport close")
}

test("a page that is loaded again is in the call that it was in, and hears", async () => {
  const storage = tab()
  const before = await kept(true, storage)
  const latency = { item: "a1", waitMs: 0, modelMs: 200, networkMs: null, playbackMs: 50, firstSoundMs: 250 }
  before.call.recovery.transcript.measure(latency)
  before.call.recovery.left()
  await before.rest()
  // And again, before it is in its call.
  const twice = await reloaded(storage)
  twice.call.recovery.left()
  assert.ok(!before.line.events.includes("stop"))
  const made = await reloaded(storage)
  assert.equal(made.call.callState.phase, "reconnecting")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.deepEqual(made.call.recovery.transcript.latencies, [latency])
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
  assert.equal(sent(made, "resume")[1][1].before, 0)
  made.call.stop()
  await made.rest()
})

test("of a talk of another day that goes on, a server that knows nothing of the call learns what was said before it", async () => {
  const entries = ["Yesterday.", "…", "Today."].map((text, i) => ({ role: "user", text, heard: null, part: i >> 1 }))
  const storage = tab()
  const before = await kept(false, storage)
  before.call.recovery.left()
  await before.rest()
  const saved = JSON.parse(storage.getItem("voiceapp.call"))
  storage.setItem("voiceapp.call", JSON.stringify({ ...saved, talk: { id: "t1", part: 1, opening: null } }))
  const made = await reloaded(storage)
  made.call.recovery.talk = { entries }
  made.line.resumption = ["not_resumed", { code: "talk_wanted", message: "", retry: true, after_s: null }]
  while (sent(made, "resume").length < 2) assert.ok(await made.step())
  const { talk, before: earlier } = sent(made, "resume")[1][1]
  assert.deepEqual([talk.map(({ text }) => text), earlier], [["Yesterday.", "…", "Today."], 2])
  made.call.stop()
  await made.rest()
})

test("on the page that saw it, too", async () => {
  const made = new Place()
  made.line.ready = KEPT
  const entry = { id: "u0", role: "user", kind: "audio", text: "Yesterday.", heard: null, at: 0 }
  made.call.start({ microphone: false, talk: { id: "t0", began: 0, length: 0, sound: null, entries: [entry] } })
  while (!made.call.callState.live) assert.ok(await made.step())
  made.line.come("item", 0, { id: "u1", role: "user", after: null, kind: "audio" })
  made.line.come("transcript", 0, { item: "u1", text: "Today.", final: true })
  const said = ["Yesterday.", "Today."].map(text => ({ role: "user", text }))
  assert.deepEqual(made.call.recovery.told, { talk: said, before: 1 })
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
