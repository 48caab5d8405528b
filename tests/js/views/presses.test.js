import assert from "node:assert/strict"
import { test } from "node:test"
import { Presses } from "../../../voiceapp/static/js/views/presses.js"

test("a double click on the round button is one press, and a double tap too", () => {
  const presses = new Presses()
  const clicks = [
    [0, 1, "mouse"], [120, 2, "mouse"], [1000, 1, "touch"], [1130, 1, "touch"], [1800, 1, "touch"], [1900, 0, ""],
    [2300, 2, "pen"]
  ]
  assert.deepEqual(
    clicks.map(([timeStamp, detail, pointerType]) => presses.same({ timeStamp, detail, pointerType })),
    [false, true, false, true, false, false, true]
  )
})
