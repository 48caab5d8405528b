import assert from "node:assert/strict"
import { test } from "node:test"
import { search } from "../../../voiceapp/static/js/history/search.js"
import { record } from "../support/kept-talk.js"

test("a talk is found by all of its words, in any case and width, but not by what was never heard", async () => {
  const { talk } = await record()
  const found = query => search([talk], query).length
  assert.deepEqual(["", "FINE how", "ｆｉｎｅ", "there", "fine nowhere"].map(found), [1, 1, 1, 0, 0])
})
