import assert from "node:assert/strict"
import { test } from "node:test"
import { floorGrapheme, firstGraphemes } from "../../../voiceapp/static/js/text/segments.js"

test("a browser that knows no scripts still cuts between code points", async () => {
  const { Segmenter } = Intl
  delete Intl.Segmenter
  try {
    const { floorGrapheme: floor } = await import("../../../voiceapp/static/js/text/segments.js?without")
    assert.equal(floor("a👍b", 2), 1)
    assert.equal(floor("a👍b", 3), 3)
  } finally {
    Intl.Segmenter = Segmenter
  }
})

test("a text is cut before the character that does not fit", () => {
  assert.equal(floorGrapheme("はが\u3099き", 2), 1)
  assert.equal(floorGrapheme("👩‍👩‍👧‍👦!", 5), 0)
  assert.equal(floorGrapheme("abc", 7), 3)
  assert.equal(firstGraphemes("🇯🇵🇸🇦नमस्ते", 3), "🇯🇵🇸🇦न")
})
