import assert from "node:assert/strict"
import { test } from "node:test"
import { ConnectionLoss } from "../../../voiceapp/static/js/call/connection-loss.js"

function away() {
  const told = []
  const notices = { add: ({ code }) => told.push(code), over: end => told.push(end) }
  return { told, line: new ConnectionLoss(notices, { graceMs: 30_000 }, { awayForLong: () => told.push("shut") }) }
}

test("each stage is told once, so that a notice that was put away stays away", () => {
  const { told, line } = away()
  for (const ms of [0, 300, 5000, 21_000, 24_000]) line.stillAway(ms)
  assert.deepEqual(told, ["connection_lost", "lineBack", "connection_away"])
  line.back(25_000)
  assert.equal(told.at(-1), "lineBack")
  line.stillAway(0)
  assert.equal(told.at(-1), "connection_lost")
})

test("after half a minute the microphone is let go, also where that is noticed only when the line is back", () => {
  const { told, line } = away()
  line.stillAway(0)
  line.stillAway(29_000)
  assert.ok(!told.includes("shut"))
  line.stillAway(31_000)
  assert.ok(told.includes("shut"))
  const slept = away()
  slept.line.stillAway(0)
  slept.line.back(90_000)
  assert.ok(slept.told.includes("shut"))
})
