import assert from "node:assert/strict"
import { test } from "node:test"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { ABOUT, block, record } from "../support/kept-talk.js"

test("an entry stands where it was said and heard", async () => {
  const { talk } = await record()
  assert.deepEqual(
    talk.entries.map(({ id, at, end }) => [id, at, end]), [["u1", 200, 950], ["a1", 1500, 2900], ["u2", 4000, 4000]]
  )
  assert.equal(talk.length, 5000)
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

test("without sound no sound is kept", async () => {
  const recorder = new Recorder(ABOUT, () => 0, null)
  recorder.soundSent(block(40, 1))
  recorder.soundArrived("a", block(40, 1))
  recorder.finish()
  assert.equal(recorder.talk([], []).sound, null)
})
