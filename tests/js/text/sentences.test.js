import assert from "node:assert/strict"
import { test } from "node:test"
import { sentences } from "../../../voiceapp/static/js/text/sentences.js"
import { ANSWERS, boundaries } from "../support/scripts.js"

test("no sentence ends within a character", () => {
  for (const text of [
    ...Object.values(ANSWERS), "そう。\ufe00はい！\u3099え", "Go!\u0301 Now‼️ Yes?\ufe0f\u20e3 No 👩‍👩‍👧‍👦! 🇯🇵. ok"
  ]) {
    let end = 0
    for (const sentence of sentences(text).finished)
      assert.ok(boundaries(text).has(end += sentence.length), text.slice(0, end))
  }
})

test("sentences end where people end them", () => {
  assert.deepEqual(
    sentences("It is 3.5 metres. “Really?” Yes"), { finished: ["It is 3.5 metres. ", "“Really?” "], rest: "Yes" }
  )
  assert.deepEqual(sentences("はい。そうです！たぶん"), { finished: ["はい。", "そうです！"], rest: "たぶん" })
  assert.deepEqual(sentences(""), { finished: [], rest: "" })
})
