import assert from "node:assert/strict"
import { test } from "node:test"
import { HoldBack } from "../../../voiceapp/static/js/audio/hold-back.js"

test("what waits goes on later, as it is or as silence, and no sample is lost", () => {
  const out = []
  const made = new HoldBack((samples, count) => out.push(...samples.subarray(0, count)))
  const numbers = Float32Array.from({ length: 20000 }, (_, i) => i + 1)
  const push = (from, to) => { for (let at = from; at < to; at += 500) made.push(numbers.subarray(at, at + 500), 500) }
  push(0, 1000)
  made.hold()
  push(1000, 13000)
  made.release(true)
  push(13000, 14000)
  made.hold()
  push(14000, 16000)
  made.release(false)
  push(16000, 20000)
  const silentUntil = 13000 - 8400
  assert.deepEqual(out, Array.from(
    numbers, value => (value > 1000 && value <= silentUntil) || (value > 14000 && value <= 16000) ? 0 : value
  ))
})
