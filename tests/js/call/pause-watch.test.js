// Somebody who pauses in mid-sentence is seen to be listened to still.
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { stateOf } from "../../../voiceapp/static/js/models/status.js"
import { PauseWatch } from "../../../voiceapp/static/js/call/pause-watch.js"
import { Place } from "../support/place.js"

after(Place.leave)

/** What it is after each tenth of a second. */
function heard(peaks) {
  let told = 0
  const watch = new PauseWatch({ pauseChanged: () => told++ })
  watch.turnChanged(true)
  const pauses = peaks.map(peak => { watch.heard(peak, 100); return watch.pausing })
  return { watch, pauses, told: () => told }
}

const VOICE = [0.2, 0.3, 0.12, 0.25]

test("after 400 ms without a voice it is a pause, until the voice is back, and each is told once", () => {
  const { pauses, told } = heard([...VOICE, 0.01, 0.02, 0.01, 0.01, 0.02, ...VOICE])
  assert.deepEqual(pauses, [false, false, false, false, false, false, false, true, true, false, false, false, false])
  assert.equal(told(), 2)
})

test("between two words it is none, nor where a quiet room is all that is heard", () => {
  assert.ok(!heard([...VOICE, 0.01, 0.01, ...VOICE, 0.02, 0.01, 0.01, ...VOICE]).pauses.includes(true))
  assert.ok(!heard(Array(40).fill(0.002)).pauses.includes(true))
})

test("a shout before does not make a voice a pause for long", () => {
  const { pauses } = heard([0.9, ...Array(60).fill(0.1)])
  assert.equal(pauses.at(-1), false)
})

test("a turn that is over, or not theirs, has no pause", () => {
  const { watch } = heard([...VOICE, 0, 0, 0, 0, 0])
  assert.ok(watch.pausing)
  watch.turnChanged(false)
  assert.ok(!watch.pausing)
  watch.tell({ paused: true, sure: 0.5, ends_in_ms: 400 })
  for (let i = 0; i < 9; i++) watch.heard(0, 100)
  assert.deepEqual([watch.pausing, watch.sure], [false, null])
})

test("what the server says counts, with how sure it is, and for this turn alone", () => {
  const { watch, told } = heard([...VOICE, 0, 0])
  watch.tell({ paused: true, sure: 0.3, ends_in_ms: 900 })
  assert.deepEqual([watch.pausing, watch.sure, told()], [true, 0.3, 1])
  watch.tell({ paused: false, sure: null, ends_in_ms: null })
  for (let i = 0; i < 9; i++) watch.heard(0, 100)
  assert.deepEqual([watch.pausing, watch.sure], [false, null])
  watch.turnChanged(false)
  watch.turnChanged(true)
  for (const peak of [...VOICE, 0, 0, 0, 0]) watch.heard(peak, 100)
  assert.deepEqual([watch.pausing, watch.sure], [true, null])
})

test("in a call it is a state of its own, and not with the microphone off or a key to talk", async () => {
  const made = new Place()
  await made.goLive()
  made.line.come("turn", 0, { state: "user" })
  made.hear(0.2, 1)
  assert.equal(stateOf(made.call), "user")
  made.hear(0.001, 1)
  assert.equal(stateOf(made.call), "pause")
  made.line.come("pause", { paused: false, sure: null, ends_in_ms: null })
  assert.equal(stateOf(made.call), "user")
  made.line.come("pause", { paused: true, sure: 0.8, ends_in_ms: 300 })
  assert.deepEqual([stateOf(made.call), made.call.pauses.sure], ["pause", 0.8])
  made.line.come("turn", 0, { state: "thinking" })
  assert.equal(stateOf(made.call), "thinking")
  made.line.come("turn", 0, { state: "user" })
  made.hear(0.2, 1)
  made.call.toggleMicrophone()
  made.hear(0, 2)
  assert.equal(stateOf(made.call), "user")
  made.call.stop()
  await made.rest()
})
