import assert from "node:assert/strict"
import { test } from "node:test"
import { rateOf } from "../../../voiceapp/static/js/models/event-rate.js"

test("rates are those of the last seconds, and a run counts as all that are in it", () => {
  const lines = Array.from({ length: 200 }, (_, i) => ({ at: i * 100, bytes: 10, times: 1 + i % 2 }))
  const { events, bytes } = rateOf(lines)
  assert.ok(Math.abs(events - 15) < 0.5)
  assert.ok(Math.abs(bytes - 100) < 5)
  assert.deepEqual(rateOf([]), { events: 0, bytes: 0 })
})
