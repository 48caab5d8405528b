// What stands on the screen is what is kept and exported, whatever becomes of the call, its line, the disk and the
// preference.

import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { FORMATS, cues } from "../../../voiceapp/static/js/history/exports.js"
import { Store } from "../../../voiceapp/static/js/history/store.js"
import { saidIn } from "../../../voiceapp/static/js/history/talk.js"
import { Place, settle } from "../support/call.js"
import { random } from "../support/speech.js"

const SOUND = Buffer.alloc(48 * 1000).toString("base64")
const ANSWER = "Once upon a time there was a mill by the river, and in it lived a cat."
const words = { language: "en", say: key => key }
const quota = () => Object.assign(new DOMException("full", "QuotaExceededError"))

/** A disk that can be full. */
function disk() {
  const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
  const state = { full: false }
  for (const name of ["write", "writeSound"]) {
    const real = store[name].bind(store)
    store[name] = (...args) => state.full ? Promise.reject(quota()) : real(...args)
  }
  return { store, state }
}

const said = talk => talk.entries.map(saidIn).filter(Boolean)

/** A question and an answer of which so much is heard, of 10 s. */
function talkTo(place, heardMs, id = "1") {
  place.come("item", 1, { id: `u${id}`, role: "user", after: null, kind: "text" })
  place.come("transcript", 2, { item: `u${id}`, text: "Tell me a story.", final: true })
  place.come("item", 3, { id: `a${id}`, role: "assistant", after: `u${id}`, kind: "audio" })
  place.come("transcript", 4, { item: `a${id}`, text: ANSWER, final: true })
  for (let i = 0; i < 10; i++) place.come("audio", 5 + i, `a${id}`, SOUND)
  place.come("audio", 15, `a${id}`, "")
  place.clock.ms += heardMs
  place.play(`a${id}`, heardMs)
}

test("hung up in mid-answer, the words that were heard are kept, and no more, in the talk and every file", async () => {
  const { store } = disk()
  const place = new Place(store, { keep: "text" })
  await place.begin()
  talkTo(place, 2100)
  const seen = place.screen()
  assert.ok(seen[1].length > 3 && seen[1].length < ANSWER.length / 2, seen[1])
  place.call.stop()
  await place.go()
  const [talk] = await store.all()
  assert.deepEqual(said(talk), seen)
  assert.deepEqual(place.screen(), seen)
  for (const [form, { write }] of Object.entries(FORMATS))
    if (!["json", "jsonl"].includes(form)) assert.ok(!write(talk, words).includes("river"), form)
  assert.ok(cues(talk).every(({ text }) => !text.includes("river")))
  const [entry] = place.transcript.entries.at(-1).filter(({ role }) => role === "assistant")
  // Settled, the words are no longer hidden from a screen reader.
  assert.ok(place.pace.settled(entry))
  place.leave()
})

for (const [how, end] of [
  ["the server ends the call", place => place.come("ended", { reason: "idle" })],
  ["the line is lost", place => place.lose()]
]) {
  test(`${how} in mid-answer: it settles as after an interruption`, async () => {
    const { store } = disk()
    const place = new Place(store, { keep: "text" })
    await place.begin()
    talkTo(place, 2100)
    const seen = place.screen()
    end(place)
    await settle()
    const entries = place.transcript.entries.at(-1)
    assert.deepEqual(entries.map(entry => place.pace.settled(entry)), [true, true])
    assert.equal(entries[1].heard, seen[1])
    assert.deepEqual(said((await store.all())[0]), seen)
    place.call.stop()
    await place.go()
    place.leave()
  })
}

test("a talk goes on over a reconnect: what came before is saved with what comes after, and with its cost", async () => {
  const { store } = disk()
  const place = new Place(store, { keep: "sound" })
  const usage = (total, tokens) => ({
    turn: {}, total: { input_tokens: tokens }, transcription: null, estimated: false, free: false,
    cost: { turn: total, total, transcription: null, unpriced: [], currency: "USD", dated: null }
  })
  await place.begin()
  talkTo(place, 2000)
  place.come("usage", 20, usage(0.25, 10))
  place.lose()
  await place.go()
  assert.equal(place.call.callState.phase, "live")
  // The same ids as before, as a server may give them.
  talkTo(place, 3000)
  place.come("usage", 20, usage(0.5, 7))
  const seen = place.screen()
  assert.equal(seen.length, 4)
  place.call.stop()
  await place.go()
  const talks = await store.all()
  assert.equal(talks.length, 1)
  assert.deepEqual(said(talks[0]), seen)
  assert.deepEqual([talks[0].cost.total, talks[0].cost.turn, talks[0].tokens.input_tokens], [0.75, 0.5, 17])
  assert.deepEqual(talks[0].entries.map(({ at }) => at), [0, 0, 2000, 2000])
  assert.deepEqual(talks[0].sound.heard, { a1: 2000, "1/a1": 3000 })
  assert.equal(FORMATS.md.write(talks[0], words).split("_transcript.break.again · ").length, 2)
  place.leave()
})

test("after a reconnect in which nothing was said, the talk can still be saved", async () => {
  const { store } = disk()
  const place = new Place(store)
  await place.begin()
  talkTo(place, 2000)
  place.lose()
  await place.go()
  place.call.stop()
  await place.go()
  assert.equal(said(place.keeper.last).length, 2)
  assert.equal(place.keeper.last.id, place.keeper.recorder.about.id)
  place.leave()
})

test("a line that is lost before the first call is live takes nothing from the talk", async () => {
  const { store } = disk()
  const place = new Place(store, { keep: "text" })
  place.call.start({ microphone: false })
  await settle()
  place.line.come("connect")
  place.lose()
  await place.go()
  talkTo(place, 2000)
  place.call.stop()
  await place.go()
  assert.equal(said((await store.all())[0]).length, 2)
  place.leave()
})

test("a talk that is deleted while its line is away is not taken up again", async () => {
  const { store } = disk()
  const place = new Place(store, { keep: "text" })
  await place.begin()
  talkTo(place, 2000)
  place.lose()
  await place.keeper.forget(place.keeper.current.id)
  await place.go()
  talkTo(place, 2000)
  place.call.stop()
  await place.go()
  assert.deepEqual([await store.all(), place.keeper.current], [[], null])
  place.leave()
})

test("the disk fills up in the middle: the sound kept so far stays part of the talk, and the text too", async () => {
  const { store, state } = disk()
  const place = new Place(store, { keep: "sound" })
  await place.begin()
  talkTo(place, 6000)
  await settle()
  state.full = true
  talkTo(place, 6000, "2")
  await settle()
  assert.deepEqual([...new Set(place.told)], ["talk_not_kept"])
  state.full = false
  place.call.stop()
  await place.go()
  const [talk] = await store.all()
  assert.equal(talk.entries.length, 4)
  assert.ok(talk.sound.pieces.length >= 1)
  for (const { n, samples } of talk.sound.pieces) assert.equal((await store.readSound(talk.id, n)).length, samples)
  place.leave()
})

test("whoever wants the text alone from now on has the bytes of its sound freed", async () => {
  const { store } = disk()
  const place = new Place(store, { keep: "sound" })
  await place.begin()
  talkTo(place, 6000)
  await settle()
  const { id } = place.keeper.current
  assert.ok(await store.readSound(id, 0))
  place.preferences.choose("keep", "text")
  talkTo(place, 6000, "2")
  place.call.stop()
  await place.go()
  const [talk] = await store.all()
  assert.equal(talk.sound, null)
  for (let n = 0; n < 8; n++) assert.equal(await store.readSound(id, n), undefined)
  place.leave()
})

test("events that find no room take no talk with them", async () => {
  const { store } = disk()
  const real = store.factory.open.bind(store.factory)
  store.factory = { open: (...args) => {
    const request = real(...args)
    request.addEventListener("success", () => {
      const { transaction } = request.result
      request.result.transaction = (...names) => {
        const made = transaction.apply(request.result, names)
        const { objectStore } = made
        made.objectStore = name => {
          const found = objectStore.call(made, name)
          if (name === "events") found.put = () => { made.abort(); throw quota() }
          return found
        }
        return made
      }
    })
    return request
  } }
  const talk = {
    id: "t", title: "", began: 1, entries: [{ role: "user", text: "Hi", heard: null }], events: [{ type: "x" }]
  }
  await assert.rejects(store.write(talk))
  assert.equal((await store.all()).length, 1)
})

const DOINGS = {
  ask: (place, next) => {
    const n = ++place.n
    place.come(
      "item", n, { id: `u${n}`, role: "user", after: place.lastItem ?? null, kind: next() < 0.5 ? "text" : "audio" }
    )
    if (next() < 0.8)
      place.come("transcript", ++place.n, { item: `u${n}`, text: `Question ${n}?`, final: next() < 0.8 })
    place.lastItem = `u${n}`
  },
  answer: (place, next) => {
    const n = ++place.n
    place.come("item", n, { id: `a${n}`, role: "assistant", after: place.lastItem ?? null, kind: "audio" })
    place.lastItem = place.answer = `a${n}`
    place.heard = 0
    if (next() < 0.3) place.come("tool", ++place.n, { call: `a${n}`, name: "t", arguments: "{}", state: "running" })
  },
  word: place => {
    if (place.answer) place.come("transcript", ++place.n, { item: place.answer, delta: "More of it, 続き、 " })
  },
  final: place => {
    if (place.answer) place.come("transcript", ++place.n, { item: place.answer, text: ANSWER, final: true })
  },
  sound: place => { if (place.answer) place.come("audio", ++place.n, place.answer, SOUND) },
  play: (place, next) => {
    if (!place.answer) return
    place.heard += 700 * next()
    place.clock.ms += 700
    place.play(place.answer, place.heard)
  },
  cut: place => { if (place.answer) place.come("transcript", ++place.n, { item: place.answer, heard: "" }) },
  turn: (place, next) => place.come(
    "turn", ++place.n, { state: ["listening", "user", "thinking", "assistant"][Math.floor(4 * next())] }
  ),
  lose: async place => {
    place.lose()
    place.answer = place.lastItem = undefined
  },
  back: place => place.go(),
  full: (place, next) => { place.disk.full = next() < 0.5 },
  keep: (place, next) => place.preferences.choose("keep", ["nothing", "text", "sound"][Math.floor(3 * next())])
}

for (let seed = 1; seed <= 40; seed++) {
  test(`whatever happens, what is seen is what is kept (walk ${seed})`, async () => {
    const next = random(seed * 7919)
    const { store, state } = disk()
    const place = Object.assign(new Place(store, { keep: "sound" }), { n: 0, disk: state, heard: 0 })
    await place.begin()
    const names = Object.keys(DOINGS)
    for (let step = 0; step < 60; step++) {
      const name = names[Math.floor(names.length * next())]
      await DOINGS[name](place, next)
      assert.deepEqual(said(place.keeper.current), place.screen(), `${step} ${name}`)
    }
    state.full = false
    const seen = place.screen()
    place.call.stop()
    await place.go()
    assert.deepEqual(place.screen(), seen)
    assert.deepEqual(said(place.keeper.last ?? { entries: [] }), seen)
    const [talk] = await store.all()
    if (place.preferences.values.keep === "nothing" || seen.length === 0) return place.leave()
    assert.deepEqual(said(talk), seen)
    for (const { n } of talk.sound?.pieces ?? []) assert.ok(await store.readSound(talk.id, n), `piece ${n}`)
    place.leave()
  })
}
