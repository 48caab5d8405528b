import assert from "node:assert/strict"
import { test } from "node:test"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { ABOUT, block, entry, record } from "../support/kept-talk.js"

test("an entry stands where it was said and heard", async () => {
  const { talk } = await record()
  assert.deepEqual(
    talk.entries.map(({ id, at, end }) => [id, at, end]), [["u1", 200, 950], ["a1", 1500, 2900], ["u2", 4000, 4000]]
  )
  assert.equal(talk.length, 5000)
})

for (const [order, wire] of [
  ["before its turn", [["item", 0], ["begin", 0], ["end", 400]]],
  ["in its turn", [["begin", 0], ["item", 300], ["end", 400]]],
  ["after its turn", [["begin", 0], ["end", 400], ["item", 500]]]
]) {
  test(`each spoken entry has the time of its own turn where it is placed ${order}`, () => {
    const clock = { ms: 0 }
    const recorder = new Recorder(ABOUT, () => clock.ms, null)
    const act = {
      item: id => recorder.itemPlaced({ id, role: "user", kind: "audio", after: null }),
      begin: () => recorder.turnChanged("user"),
      end: () => recorder.turnChanged("thinking")
    }
    const said = [["u1", 1000], ["u2", 5000], ["u3", 9000]]
    for (const [id, from] of said) for (const [what, after] of wire) {
      clock.ms = from + after
      act[what](id)
    }
    const { entries } = recorder.talk(said.map(([id]) => entry(id, "user", "Hi.")), [])
    assert.deepEqual(entries.map(({ id, at, end }) => [id, at, end]), said.map(([id, at]) => [id, at, at + 400]))
  })
}

test("an entry that was placed though nobody spoke does not take the time of the next turn", () => {
  const clock = { ms: 0 }
  const recorder = new Recorder(ABOUT, () => clock.ms, null)
  const at = (ms, act) => { clock.ms = ms; act() }
  const place = id => recorder.itemPlaced({ id, role: "user", kind: "audio", after: null })
  at(1000, () => place("u1"))
  at(5000, () => { place("u2"); recorder.turnChanged("user") })
  at(5400, () => recorder.turnChanged("thinking"))
  const { entries } = recorder.talk([entry("u1", "user", ""), entry("u2", "user", "Hi.")], [])
  assert.deepEqual(entries.map(({ at, end }) => [at, end]), [[1000, 1000], [5000, 5400]])
})

test("blocks that come late all at once lie where they were spoken, and a pause stays a pause", () => {
  const clock = { ms: 0 }
  const recorder = new Recorder(ABOUT, () => clock.ms, () => {})
  clock.ms = 400
  for (let i = 0; i < 10; i++) recorder.soundSent(block(40, 1))
  clock.ms = 1040
  recorder.soundSent(block(40, 1))
  recorder.finish()
  assert.deepEqual(
    recorder.talk([], []).sound.pieces.map(({ at, samples }) => [at, samples / 24]), [[0, 400], [1000, 40]]
  )
})

test("an answer is handed on as soon as there is no more of it; what comes all the same lies behind it", () => {
  const kept = []
  const recorder = new Recorder(ABOUT, () => 0, (piece, pcm) => kept.push([piece.item, piece.at, pcm.length / 24]))
  recorder.soundArrived("a1", block(300, 1))
  recorder.soundArrived("a2", block(40, 1))
  recorder.soundCompleted("a1")
  assert.deepEqual(kept, [["a1", 0, 300]])
  recorder.soundArrived("a1", block(60, 1))
  recorder.soundCompleted("a1")
  assert.deepEqual(kept[1], ["a1", 300, 60])
  assert.deepEqual([...recorder.answers.keys()], ["a2"])
})

for (const [what, at, expected] of [
  ["goes on from before where it was kept", 200, [["a1", 0, 300], ["a1", 300, 200]]],
  ["goes on just where it was kept", 300, [["a1", 0, 300], ["a1", 300, 300]]],
  ["goes on behind a hole", 400, [["a1", 0, 300], ["a1", 400, 300]]]
]) {
  test(`told anew, an answer that ${what} is kept once`, () => {
    const kept = []
    const recorder = new Recorder(ABOUT, () => 0, (piece, pcm) => kept.push([piece.item, piece.at, pcm.length / 24]))
    recorder.soundArrived("a1", block(300, 1))
    recorder.restart([["a1", at]])
    for (let i = 0; i < 6; i++) recorder.soundArrived("a1", block(50, 1))
    recorder.soundCompleted("a1")
    assert.deepEqual(kept, expected)
  })
}

test("a talk that goes on after its page was loaded again is one talk, with the parts and pieces from before", () => {
  const before = new Recorder(ABOUT, () => 1000, () => {})
  before.goOn(1)
  before.itemPlaced({ id: "u1", role: "user", kind: "text", after: null })
  before.soundArrived("a1", block(300, 1))
  before.finish()
  const entry = { id: "u1", role: "user", kind: "text", text: "Hi.", heard: null, breaks: [] }
  const stored = before.talk([{ ...entry, part: 0 }, { ...entry, part: 1 }], [])
  const after = new Recorder(ABOUT, () => 9000, () => {})
  after.restore(stored, { part: before.part, earlier: before.earlier })
  after.itemPlaced({ id: "u1", role: "user", kind: "text", after: null })
  after.soundArrived("a1", block(100, 1))
  after.finish()
  const talk = after.talk([{ ...entry, part: 1 }], [])
  assert.deepEqual(talk.entries.map(({ id, at }) => [id, at]), [["u1", 1000], ["1/u1", 1000]])
  assert.deepEqual(talk.sound.pieces.map(({ n, item, at, samples }) => [n, item, at, samples / 24]), [
    [0, "1/a1", 0, 300], [1, "1/a1", 300, 100]
  ])
})

test("without sound no sound is kept", async () => {
  const recorder = new Recorder(ABOUT, () => 0, null)
  recorder.soundSent(block(40, 1))
  recorder.soundArrived("a", block(40, 1))
  recorder.finish()
  assert.equal(recorder.talk([], []).sound, null)
})
