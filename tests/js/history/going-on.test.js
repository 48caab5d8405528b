// A talk of another day that goes on: one talk with what is said now, of which nothing is doubled and nothing is lost,
// whatever becomes of the new call.

import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { FORMATS } from "../../../voiceapp/static/js/history/exports.js"
import { shownPast } from "../../../voiceapp/static/js/history/past-talk.js"
import { Store } from "../../../voiceapp/static/js/history/store.js"
import { saidIn } from "../../../voiceapp/static/js/history/talk.js"
import { Place, settle } from "../support/call.js"
import { random } from "../support/speech.js"

const SOUND = Buffer.alloc(48 * 1000).toString("base64")
const words = { language: "en", say: (key, values = {}) => [key, ...Object.values(values)].join(" ") }
const said = talk => talk.entries.map(saidIn).filter(Boolean)
const usage = (total, tokens) => ({
  turn: {}, total: { input_tokens: tokens }, transcription: null, estimated: false, free: false,
  cost: { turn: total, total, transcription: null, unpriced: [], currency: "USD", dated: null }
})
/** Ids are those of any call. */
let number = 0
const last = ({ transcript }) => transcript.isPresent(transcript.segments.length - 1)
  ? transcript.entries.at(-1).at(-1)?.id ?? null : null

function talkTo(place, text, seconds = 2) {
  const n = ++number * 100
  place.come("item", n, { id: `u${n}`, role: "user", after: last(place), kind: "text" })
  place.come("transcript", n + 1, { item: `u${n}`, text, final: true })
  place.come("item", n + 2, { id: `a${n}`, role: "assistant", after: `u${n}`, kind: "audio" })
  place.come("transcript", n + 3, { item: `a${n}`, text: `You said ${text}`, final: true })
  for (let i = 0; i < seconds; i++) place.come("audio", n + 4 + i, `a${n}`, SOUND)
  place.come("audio", n + 50, `a${n}`, "")
  place.clock.ms += seconds * 1000
  place.play(`a${n}`, seconds * 1000)
  place.call.player.node?.port.onmessage({ data: { type: "ended", item: `a${n}`, ms: seconds * 1000, rms: 0 } })
}

/** A talk of yesterday, as it is kept. */
async function yesterday(keep = "sound") {
  const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
  const place = new Place(store, { keep })
  await place.begin()
  talkTo(place, "Yesterday.")
  place.come("usage", 90, usage(0.25, 10))
  place.call.stop()
  await place.go()
  place.leave()
  return store
}

/** All that is kept. */
async function kept(store) {
  const talks = await store.all()
  const sounds = await Promise.all(talks.flatMap(({ id, sound }) => (sound?.pieces ?? []).map(
    async ({ n }) => (await store.readSound(id, n)).length
  )))
  return { talks: await Promise.all(talks.map(({ id }) => store.read(id))), sounds }
}

async function goOn(store, chosen = { keep: "sound" }) {
  const place = new Place(store, chosen)
  const [talk] = await store.all()
  const whole = await place.keeper.whole(talk)
  place.call.start({ microphone: false, talk: whole })
  await place.go()
  return { place, whole }
}

async function hangUp(place) {
  place.call.stop()
  await place.go()
  await settle()
  place.leave()
}

test("a talk of yesterday goes on: the session is told of it, and it stands above what is said now", async () => {
  const store = await yesterday()
  const { place } = await goOn(store)
  const [, start] = place.line.said.find(([event]) => event === "start")
  assert.deepEqual(start.talk, [
    { role: "user", text: "Yesterday." }, { role: "assistant", text: "You said Yesterday." }
  ])
  assert.equal(start.greet, false)
  talkTo(place, "Today.")
  const rows = place.transcript.entries.flat()
  assert.deepEqual(
    rows.map(({ text, breaks }) => [text, ...breaks.map(({ kind }) => kind)]),
    [["Yesterday."], ["You said Yesterday.", "goes_on"], ["Today."], ["You said Today."]]
  )
  await hangUp(place)
})

test("what is kept is the same talk, with the words, the sound and the costs of both days", async () => {
  const store = await yesterday()
  const before = await kept(store)
  const { place } = await goOn(store)
  talkTo(place, "Today.", 3)
  place.come("usage", 90, usage(0.5, 7))
  await hangUp(place)
  const { talks: [talk, ...others], sounds } = await kept(store)
  assert.deepEqual(others, [])
  assert.deepEqual(said(talk), ["Yesterday.", "You said Yesterday.", "Today.", "You said Today."])
  const [old] = before.talks
  assert.deepEqual(
    [talk.id, talk.began, talk.entries[0], talk.entries[1].at], [old.id, old.began, old.entries[0], old.entries[1].at]
  )
  // The night between them takes no time.
  assert.deepEqual([talk.entries[2].at, talk.length], [old.length, old.length + 3000])
  assert.deepEqual(talk.sittings.map(({ at, part }) => [at, part]), [[old.length, 1]])
  assert.deepEqual([talk.cost.total, talk.tokens.input_tokens], [0.75, 17])
  assert.deepEqual(sounds.slice(0, before.sounds.length), before.sounds)
  assert.equal(sounds.reduce((sum, samples) => sum + samples, 0), 24 * 5000)
  assert.match(FORMATS.md.write(talk, words), /Yesterday[^]*---\n\n_transcript.break.goes\\_on [^]*Today/)
})

test("it goes on again on a third day, and over a line that is lost", async () => {
  const store = await yesterday("text")
  const first = await goOn(store, { keep: "text" })
  talkTo(first.place, "Two.")
  first.place.lose()
  await first.place.go()
  talkTo(first.place, "Three.")
  await hangUp(first.place)
  const second = await goOn(store, { keep: "text" })
  const [, start] = second.place.line.said.find(([event]) => event === "start")
  assert.equal(start.talk.length, 6)
  talkTo(second.place, "Four.")
  await hangUp(second.place)
  const [talk, ...others] = await store.all()
  assert.deepEqual(others, [])
  assert.deepEqual(said(talk).filter((_, i) => i % 2 === 0), ["Yesterday.", "Two.", "Three.", "Four."])
  assert.deepEqual(talk.entries.flatMap(({ breaks = [] }) => breaks.map(({ kind }) => kind)), [
    "goes_on", "again", "goes_on"
  ])
  assert.equal(new Set(talk.entries.map(({ id }) => id)).size, 8)
})

for (const [how, fail] of [
  ["the call is refused", place => place.come("ended", { reason: "busy" })],
  ["it is hung up before it is live", place => place.call.stop()],
  ["the microphone, the page or the line fails", place => place.lose()]
]) {
  test(`${how}: nothing of the old talk is touched, and the next call is one of its own`, async () => {
    const store = await yesterday()
    const before = await kept(store)
    const place = new Place(store, { keep: "sound" })
    const whole = await place.keeper.whole((await store.all())[0])
    place.call.start({ microphone: false, talk: whole })
    await settle()
    place.line.come("connect")
    fail(place)
    place.call.stop()
    await settle()
    await place.scheduler.drain()
    await settle()
    assert.deepEqual(await kept(store), before)
    place.line.connected = false
    await place.begin()
    const [, start] = place.line.said.findLast(([event]) => event === "start")
    assert.equal(start.talk, undefined)
    talkTo(place, "Another.")
    await hangUp(place)
    assert.deepEqual((await store.all()).map(talk => said(talk)[0]).sort(), ["Another.", "Yesterday."])
  })
}

test("nothing is said: the talk stays as it was, and no sound of the silence is kept", async () => {
  const store = await yesterday()
  const before = await kept(store)
  const { place, whole } = await goOn(store)
  place.keeper.recorder.soundSent(new Int16Array(24000 * 6))
  await settle()
  await hangUp(place)
  assert.deepEqual(await kept(store), before)
  assert.equal(await store.readSound(whole.id, 1 + before.talks[0].sound.pieces.at(-1).n), undefined)
})

test("from now on nothing is kept: the talk of yesterday is there as it was, and nothing of today", async () => {
  const store = await yesterday()
  const before = await kept(store)
  const { place } = await goOn(store)
  talkTo(place, "Today.")
  place.keeper.pause()
  place.keeper.away = false
  await settle()
  assert.equal((await store.all())[0].entries.length, 4)
  place.preferences.choose("keep", "nothing")
  await settle()
  talkTo(place, "Secret.")
  await hangUp(place)
  assert.deepEqual(await kept(store), before)
})

test("from now on the text alone is kept: the sound of yesterday stays", async () => {
  const store = await yesterday()
  const before = await kept(store)
  const { place } = await goOn(store)
  talkTo(place, "Today.")
  place.preferences.choose("keep", "text")
  await hangUp(place)
  const after = await kept(store)
  assert.deepEqual([said(after.talks[0]).length, after.sounds], [4, before.sounds])
})

test("nothing is to be kept of a call: yesterday's talk stays as it was, and both can be taken away as a file", async () => {
  const store = await yesterday()
  const before = await kept(store)
  const { place } = await goOn(store, { keep: "nothing" })
  talkTo(place, "Today.")
  await hangUp(place)
  assert.deepEqual(await kept(store), before)
  assert.equal(said(place.keeper.last).length, 4)
})

test("the talk that has just ended goes on: it stands on the page once", async () => {
  const store = await yesterday()
  const { place } = await goOn(store)
  talkTo(place, "Today.")
  place.call.stop()
  await place.go()
  for (let round = 0; round < 2; round++) {
    place.call.start({ microphone: false, talk: await place.keeper.whole((await store.all())[0]) })
    assert.deepEqual(place.transcript.entries.flat().map(({ text }) => text), [
      "Yesterday.", "You said Yesterday.", "Today.", "You said Today."
    ])
    place.call.stop()
    await place.go()
  }
  place.leave()
})

test("what another tab does to the talk meanwhile stays done", async () => {
  const store = await yesterday("text")
  const place = new Place(store, { keep: "text" })
  const whole = await place.keeper.whole((await store.all())[0])
  await place.keeper.update(whole.id, { title: "Named" })
  place.call.start({ microphone: false, talk: whole })
  await place.go()
  talkTo(place, "Today.")
  place.call.stop()
  await place.go()
  assert.equal((await store.all())[0].title, "Named")
  const again = await place.keeper.whole((await store.all())[0])
  place.call.start({ microphone: false, talk: again })
  await place.keeper.forget(again.id)
  await place.go()
  talkTo(place, "Tomorrow.")
  await hangUp(place)
  assert.deepEqual((await store.all()).map(said), [["Tomorrow.", "You said Tomorrow."]])
})

test("loaded again before a word was said, the page goes on with it, and the night takes no time", async () => {
  const store = await yesterday()
  const [{ id }] = await store.all()
  await store.change(id, { began: Date.now() - 86_400_000 })
  const { place: before, whole } = await goOn(store)
  const going = JSON.parse(JSON.stringify(before.keeper.goingOn))
  before.leave()
  const place = new Place(store, { keep: "sound" })
  const { transcript, keeper } = place
  const talk = await keeper.stored(going)
  transcript.beginTalk(shownPast(talk, going.part))
  transcript.begin(going.opening)
  keeper.comeBack({ conversation: "c", model: "m", voice: "v" }, going, talk)
  const said = { id: "u1", role: "user", after: null, kind: "text" }
  transcript.place(1, said, 0)
  keeper.recorder.itemPlaced(said)
  transcript.word(2, { item: "u1", text: "Today.", final: true })
  keeper.end()
  await settle()
  const [after, ...others] = await store.all()
  assert.deepEqual(others, [])
  assert.deepEqual(after.entries.map(({ text }) => text), ["Yesterday.", "You said Yesterday.", "Today."])
  assert.deepEqual(after.entries[1].breaks.map(({ kind }) => kind), ["goes_on"])
  assert.ok(after.length < whole.length + 60_000, `${after.length} ms`)
  assert.equal(after.cost.total, 0.25)
  place.leave()
})

/** What is said on a day, if anything, over a line that may break. */
async function sayToday(place, day, next) {
  const texts = Array.from({ length: Math.floor(next() * 3) }, (_, i) => `Day ${day}, ${i}.`)
  for (const text of texts) {
    talkTo(place, text)
    if (next() > .3) continue
    place.lose()
    await place.go()
  }
  return texts
}

const keepOf = next => next() < .5 ? "text" : "sound"

test("over many days, lines that break and calls in which nothing is said: every word once, in order", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const next = random(seed)
    const store = await yesterday(keepOf(next))
    const wanted = ["Yesterday."]
    for (let day = 0; day < 5; day++) {
      const { place } = await goOn(store, { keep: keepOf(next) })
      wanted.push(...await sayToday(place, day, next))
      await hangUp(place)
    }
    const { talks: [talk, ...others] } = await kept(store)
    assert.deepEqual(others, [])
    assert.deepEqual(said(talk), wanted.flatMap(text => [text, `You said ${text}`]))
    const times = talk.entries.map(({ at }) => at)
    assert.deepEqual(times, times.toSorted((a, b) => a - b))
    const pieces = talk.sound?.pieces.map(({ n }) => n) ?? []
    assert.equal(new Set(pieces).size, pieces.length)
  }
})
