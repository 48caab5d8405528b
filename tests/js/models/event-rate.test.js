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

test("what is told late counts when it passed, and of a long run only what is of the last seconds", () => {
  const page = { page: true, at: 59_000, end: 60_000, bytes: 100, times: 10 }
  const run = { at: 50_000, until: 60_000, bytes: 4000, times: 200 }
  const first = { at: 10, bytes: 900 }
  assert.deepEqual(rateOf([page, run, first]), { events: 22, bytes: 420 })
  assert.deepEqual(rateOf([first, run, page]), { events: 22, bytes: 420 })
})
