import assert from "node:assert/strict"
import { test } from "node:test"
import { HeldVoice } from "../../../voiceapp/static/js/call/held-voice.js"

/** In a quiet room; each value is the loudest sample of a tenth of a second. */
function held(peaks, { sent = true, wantedMs = 600 } = {}) {
  const voice = new HeldVoice()
  for (let i = 0; i < 30; i++) voice.hear(0.002, 100, sent)
  voice.begin(wantedMs)
  return peaks.map(peak => voice.hear(peak, 100, sent)).indexOf(true)
}

const loud = count => Array(count).fill(0.2)
const quiet = count => Array(count).fill(0.002)

test("a voice that lasts is told once, after the room has rung", () => {
  assert.equal(held(loud(20)), 7)
  const voice = new HeldVoice()
  voice.hear(0.002, 100, true)
  voice.begin(600)
  assert.equal(loud(40).filter(peak => voice.hear(peak, 100, true)).length, 1)
})

test("neither a cough nor the noise of a room is a voice", () => {
  assert.equal(held([...loud(4), ...quiet(40)]), -1)
  assert.equal(held(Array(60).fill(0.006)), -1)
})

test("pauses between words do not count, and do not count against it", () => {
  assert.equal(held([...loud(4), ...quiet(2), ...loud(4)]), 9)
})

test("who is not sent is not heard", () => {
  assert.equal(held(loud(20), { sent: false }), -1)
})

test("nothing is told where nothing is held", () => {
  const voice = new HeldVoice()
  voice.hear(0.002, 100, true)
  assert.ok(!loud(20).some(peak => voice.hear(peak, 100, true)))
  voice.begin(600)
  voice.end()
  assert.ok(!loud(20).some(peak => voice.hear(peak, 100, true)))
})
