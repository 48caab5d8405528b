import assert from "node:assert/strict"
import { test } from "node:test"
import { marksOf } from "../../../voiceapp/static/js/models/marks.js"
import { Transcript } from "../../../voiceapp/static/js/models/transcript.js"

const SCRIPT = [
  ["place", { id: "u1", role: "user", after: null, kind: "audio" }],
  ["place", { id: "a1", role: "assistant", after: "u1", kind: "audio" }],
  ["word", { item: "a1", delta: "Good " }],
  ["word", { item: "u1", text: "Hello.", final: true }],
  ["word", { item: "a1", delta: "day." }],
  ["place", { id: "u2", role: "user", after: "a1", kind: "text" }],
  ["word", { item: "a1", heard: "Good" }]
]

function* permutations(list) {
  if (list.length < 2) return yield list
  for (const [i, first] of list.entries()) for (const rest of permutations(list.toSpliced(i, 1))) yield [first, ...rest]
}

function tell(events) {
  const transcript = new Transcript({ transcriptChanged() {} })
  transcript.begin()
  for (const [n, [verb, data]] of events) transcript[verb](n, data)
  return transcript.entries[0].map(({ id, text, final, heard }) => [id, text, final, heard])
}

test("every order of arrival gives the same transcript", () => {
  const numbered = SCRIPT.map((event, i) => [i + 1, event])
  const wanted = [["u1", "Hello.", true, null], ["a1", "Good day.", false, "Good"], ["u2", "", false, null]]
  let orders = 0
  for (const events of permutations(numbered)) {
    orders++
    assert.deepEqual(tell(events), wanted)
  }
  assert.equal(orders, 5040)
})

test("an item that is placed anew moves, whatever comes first", () => {
  const script = [
    ["place", { id: "a", role: "user", after: null }],
    ["place", { id: "b", role: "assistant", after: "a" }],
    ["place", { id: "c", role: "user", after: "b" }],
    ["place", { id: "b", role: "assistant", after: "c" }],
    ["place", { id: "d", role: "user", after: null }]
  ].map((event, i) => [i + 1, event])
  for (const events of permutations(script)) assert.deepEqual(tell(events).map(([id]) => id), ["d", "a", "c", "b"])
})

test("what is removed is not shown, and what follows it keeps its place", () => {
  const ids = tell([
    [1, ["place", { id: "a", role: "user", after: null }]],
    [2, ["place", { id: "b", role: "assistant", after: "a" }]],
    [3, ["word", { item: "a", removed: true }]],
    [4, ["place", { id: "c", role: "user", after: "b" }]]
  ]).map(([id]) => id)
  assert.deepEqual(ids, ["b", "c"])
})

test("what follows an unknown item stands at the end", () => {
  const ids = tell([
    [1, ["place", { id: "a", role: "user", after: null }]],
    [2, ["place", { id: "b", role: "assistant", after: "lost" }]]
  ]).map(([id]) => id)
  assert.deepEqual(ids, ["a", "b"])
})

test("a new call begins below, and its numbers and ids begin again", () => {
  const transcript = new Transcript({ transcriptChanged() {} })
  for (const text of ["one", "two"]) {
    transcript.begin()
    transcript.place(1, { id: "a", role: "user", after: null, kind: "audio" })
    transcript.word(2, { item: "a", text, final: true })
  }
  transcript.begin()
  transcript.begin()
  assert.deepEqual(transcript.entries.map(entries => entries.map(({ text }) => text)), [["one"], ["two"], []])
  assert.equal(new Set(transcript.entries.flat().map(({ key }) => key)).size, 2)
})

const made = () => new Transcript({ transcriptChanged() {} })
const ask = (transcript, n, id, after = null) => transcript.place(n, { id, role: "user", after, kind: "text" }, 0)
/** Ids, and the kinds of breaks in brackets. */
const rows = ({ entries }) => entries.flat().flatMap(({ id, breaks }) => [id, ...breaks.map(({ kind }) => `[${kind}]`)])

test("a break stands where it was made, whatever is placed later, moved or removed", () => {
  const transcript = made()
  transcript.begin()
  transcript.addBreak("lost")
  ask(transcript, 1, "a")
  ask(transcript, 2, "b", "a")
  transcript.addBreak("lost", 5)
  transcript.addBreak("moved", 6)
  transcript.addBreak("lost", 7)
  ask(transcript, 3, "c", "b")
  ask(transcript, 4, "d", "a")
  assert.deepEqual(rows(transcript), ["a", "d", "b", "[moved]", "[lost]", "c"])
  assert.equal(transcript.entries[0][2].breaks[1].at, 7)
  transcript.word(5, { item: "b", removed: true })
  assert.deepEqual(rows(transcript), ["a", "d", "[moved]", "[lost]", "c"])
})

test("between two calls it is said how the later follows the earlier", () => {
  const transcript = made()
  transcript.beginTalk()
  transcript.begin()
  // Its line was lost before a word was said.
  transcript.begin()
  ask(transcript, 1, "a")
  transcript.begin()
  assert.deepEqual(rows(transcript), ["a"])
  ask(transcript, 1, "b")
  transcript.beginTalk()
  transcript.begin()
  ask(transcript, 1, "c")
  assert.deepEqual(rows(transcript), ["a", "[again]", "b", "[call]", "c"])
  assert.deepEqual(transcript.said(() => null).map(({ id }) => id), ["c"])
})

/** As it was kept: two calls, the second after a loss. */
const KEPT = {
  of: 42,
  parts: [[["u1", "again"]], [["1/a1", null]]].map(part => part.map(([id, kind]) => ({
    id, role: "user", kind: "text", text: `said ${id}`, final: true, heard: null, incomplete: null, failed: false,
    removed: false, tool: null, at: 1, latency: null, breaks: kind ? [{ kind, at: 3 }] : []
  })))
}

test("a talk of another day stands above the call that goes on with it, and nothing of it changes", () => {
  const transcript = made()
  transcript.beginTalk()
  transcript.begin()
  ask(transcript, 1, "x")
  transcript.beginTalk(KEPT)
  const kept = ["x", "[past]", "u1", "[again]", "1/a1"]
  assert.deepEqual(rows(transcript), kept)
  // There is no call yet, and there may be none.
  ask(transcript, 1, "lost")
  transcript.word(2, { item: "u1", text: "other" })
  transcript.settle(() => "other")
  transcript.addBreak("lost")
  assert.equal(transcript.isPresent(transcript.segments.length - 1), false)
  transcript.begin()
  transcript.begin()
  assert.deepEqual(rows(transcript), [...kept, "[goes_on]"])
  ask(transcript, 1, "u1")
  assert.deepEqual(rows(transcript), [...kept, "[goes_on]", "u1"])
  assert.equal(transcript.entries[2][0].breaks[0].of, 42)
  assert.deepEqual(transcript.said(() => "seen").map(({ text, heard }) => heard ?? text), ["said u1", "said 1/a1", "seen"])
  assert.equal(new Set(transcript.entries.flat().map(({ key }) => key)).size, 4)
  transcript.begin()
  ask(transcript, 1, "u1")
  assert.deepEqual(rows(transcript).slice(-2), ["[again]", "u1"])
})

test("what is told anew takes the place and the time that it had, with the breaks in it", () => {
  const transcript = made()
  transcript.begin()
  transcript.place(7, { id: "a", role: "user", after: null, kind: "text" }, 100)
  transcript.word(8, { item: "a", text: "Hello.", final: true })
  transcript.measure({ item: "a", firstSoundMs: 5 })
  transcript.addBreak("lost")
  transcript.settle(() => "Hel")
  transcript.retell()
  assert.deepEqual(rows(transcript), [])
  transcript.place(1, { id: "a", role: "user", after: null, kind: "text" }, 900)
  transcript.word(2, { item: "a", text: "Hello!", final: true })
  const [{ text, heard, at, latency }] = transcript.entries[0]
  assert.deepEqual([text, heard, at, latency.firstSoundMs], ["Hello!", null, 100, 5])
  assert.deepEqual(rows(transcript), ["a", "[lost]"])
})

test("an answer that the service ended says so, and what could not be written down is final without words", () => {
  const transcript = new Transcript({ transcriptChanged() {} })
  transcript.begin()
  transcript.place(1, { id: "u", role: "user", after: null, kind: "audio" })
  transcript.place(2, { id: "a", role: "assistant", after: "u", kind: "audio" })
  transcript.word(3, { item: "u", text: "", final: true, failed: true })
  transcript.word(4, { item: "a", delta: "Half a" })
  transcript.word(5, { item: "a", text: "Half a sen", final: true })
  transcript.word(6, { item: "a", incomplete: "length" })
  assert.deepEqual(
    transcript.entries[0].map(({ text, final, failed, incomplete }) => [text, final, failed, incomplete]),
    [["", true, true, null], ["Half a sen", true, false, "length"]]
  )
})

test("an entry has the mark that matters", () => {
  const marks = more => marksOf({ heard: null, incomplete: null, failed: false, ...more })
  assert.deepEqual(marks(), [])
  assert.deepEqual(marks({ incomplete: "filter" }), ["transcript.incomplete.filter"])
  assert.deepEqual(marks({ incomplete: "interrupted" }), ["transcript.incomplete.interrupted"])
  assert.deepEqual(marks({ incomplete: "something new" }), ["transcript.incomplete.other"])
  assert.deepEqual(marks({ incomplete: "length", heard: "Half" }), ["transcript.cut"])
  assert.deepEqual(marks({ failed: true }), ["transcript.failed"])
  // As it was kept by an older version.
  assert.deepEqual(marksOf({ heard: null }), [])
})
