import assert from "node:assert/strict"
import { test } from "node:test"
import { CallState } from "../../../voiceapp/static/js/call/call-state.js"

function callState(...steps) {
  const made = new CallState({ callStateChanged() { this.times = (this.times ?? 0) + 1 } })
  for (const step of steps) made.take(step)
  return made
}

const PATHS = [
  [[], "idle"],
  [["call"], "connecting"],
  [["call", "readied"], "live"],
  [["call", "hungUp"], "ended"],
  [["call", "ended"], "ended"],
  [["call", "lost"], "connecting"],
  [["call", "readied", "lost"], "reconnecting"],
  [["call", "readied", "lost", "readied"], "live"],
  [["call", "readied", "lost", "hungUp"], "ended"],
  [["call", "readied", "ended", "call"], "connecting"],
  [["call", "readied", "call"], "live"],
  [["readied", "lost", "hungUp", "ended"], "idle"],
  [["call", "readied", "hungUp", "readied", "ended"], "ended"]
]

for (const [steps, phase] of PATHS) {
  test(`${steps.join(", ") || "nothing"} leads to ${phase}`, () => assert.equal(callState(...steps).phase, phase))
}

test("a turn is of a live call only, and a new phase begins listening", () => {
  const made = callState("call")
  made.turnTo("user")
  assert.equal(made.turn, "listening")
  made.take("readied")
  made.turnTo("user")
  assert.equal(made.turn, "user")
  made.take("lost")
  assert.equal(made.turn, "listening")
})

test("only a change is told", () => {
  const made = callState("call", "readied")
  const { times } = made.delegate
  made.take("readied")
  made.turnTo("listening")
  assert.equal(made.delegate.times, times)
})
