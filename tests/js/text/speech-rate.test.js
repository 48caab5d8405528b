import assert from "node:assert/strict"
import { test } from "node:test"
import { RATES, speechMs } from "../../../voiceapp/static/js/text/speech-rate.js"

test("each script has a pace of its own, and a mixed text the sum of its characters", () => {
  assert.deepEqual(
    ["a", "あ", "語", "말", "ب", "म", "5", "\u0301", "👍"].map(speechMs), [60, 150, 200, 150, 90, 110, 200, 0, 0]
  )
  assert.equal(speechMs("GPTは"), 3 * 60 + 150)
  assert.ok(RATES.every(([first, last], i) => first <= last && (i === 0 || RATES[i - 1][1] < first)))
})
