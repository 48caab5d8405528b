import assert from "node:assert/strict"
import { test } from "node:test"
import { Recording } from "../../../voiceapp/static/js/preflight/recording.js"

test("what comes before, after or not at all does no harm to a recording", () => {
  const recording = new Recording(1, 0.1, 1000)
  assert.ok(recording.empty)
  recording.add(0.5, new Float32Array(100).fill(1))
  assert.ok(recording.empty)
  recording.add(0.98, new Float32Array(40).fill(2))
  recording.add(1.09, new Float32Array(40).fill(3))
  assert.ok(recording.full && !recording.empty)
  assert.deepEqual([
    recording.samples[0], recording.samples[19], recording.samples[20], recording.samples[89], recording.samples[90],
    recording.samples[99]
  ], [2, 2, 0, 0, 3, 3])
})
