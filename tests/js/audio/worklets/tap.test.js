import assert from "node:assert/strict"
import { test } from "node:test"
import { Recording } from "../../../../voiceapp/static/js/preflight/recording.js"
import { tone } from "../../support/signal.js"
import { worklet } from "../../support/worklet.js"

const RATE = 48000

test("the worklet says of each block when it began", async () => {
  const tap = await worklet("tap", RATE)
  globalThis.currentFrame = 0
  const heard = tone(440, RATE, 128 * 30)
  for (let at = 0; at < heard.length; at += 128) {
    globalThis.currentFrame = at
    tap.hear(heard.subarray(at, at + 128))
  }
  const recording = new Recording(0, 128 * 30 / RATE, RATE)
  for (const { at, samples } of tap.posted()) recording.add(at, samples)
  assert.equal(tap.posted().length, 4)
  assert.deepEqual(recording.samples.subarray(0, 3840), heard)
})
