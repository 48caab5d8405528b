import assert from "node:assert/strict"
import { test } from "node:test"
import { matches } from "../../../voiceapp/static/js/text/matching.js"

test("each word must be there, in any case, width and accent, and in either kana", () => {
  const found = (text, query) => matches(text, query)
  assert.ok(found("Echo guard: keeps it from hearing itself", "GUARD hear"))
  assert.ok(!found("Echo guard", "echo cancellation"))
  assert.ok(found("Micrófono", "microfono"))
  assert.ok(found("マイク", "まいく"))
  assert.ok(found("ﾏｲｸ", "マイク"))
  // A voiced kana is another letter.
  assert.ok(!found("がぎぐ", "かきく"))
  assert.ok(found("anything", "  "))
})
