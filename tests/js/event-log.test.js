import assert from "node:assert/strict"
import { test } from "node:test"
import { EventLog } from "../../voiceapp/static/js/event-log.js"

const line = (type, direction = "down") => ({ type, direction, at: 1, bytes: 10, summary: "" })

function log(...lines) {
  const made = new EventLog({ eventLogChanged() {} })
  lines.forEach(one => made.add(one))
  return made
}

test("consecutive deltas are one row, also where two kinds alternate", () => {
  const { rows, total } = log(line("created"), line("audio.delta"), line("text.delta"), line("audio.delta"), line("done"), line("audio.delta"))
  assert.deepEqual(rows.map(({ type, times, bytes }) => [type, times, bytes]), [["created", 1, 10], ["audio.delta", 2, 20], ["text.delta", 1, 10], ["done", 1, 10], ["audio.delta", 1, 10]])
  assert.equal(total, 6)
})

test("both directions stay apart", () => {
  assert.equal(log(line("x.delta"), line("x.delta", "up")).rows.length, 2)
})

test("the log is bounded, and ids stay unique", () => {
  const { rows } = log(...Array.from({ length: 800 }, () => line("done")))
  assert.equal(rows.length, 500)
  assert.equal(new Set(rows.map(({ id }) => id)).size, 500)
})
