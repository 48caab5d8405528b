import assert from "node:assert/strict"
import { test } from "node:test"
import { shownAt } from "../../../voiceapp/static/js/history/replay.js"
import { record } from "../support/kept-talk.js"

test("a replay shows what has begun, up to the word that is being said", async () => {
  const { talk } = await record()
  const at = ms => shownAt(talk, ms).map(({ entry: { id }, shown }) => [id, shown])
  assert.deepEqual(at(100), [])
  assert.deepEqual(at(200), [["u1", 3]])
  assert.deepEqual(at(1600), [["u1", 18], ["a1", 5]])
  assert.deepEqual(at(9000), [["u1", 18], ["a1", 9], ["u2", 10]])
})
