import assert from "node:assert/strict"
import { test } from "node:test"
import { ceilGrapheme, floorGrapheme, firstGraphemes, graphemes } from "../../../voiceapp/static/js/text/segments.js"

test("a browser that knows no scripts still cuts between code points", async () => {
  const { Segmenter } = Intl
  delete Intl.Segmenter
  try {
    const { ceilGrapheme: ceil, floorGrapheme: floor } = await import("../../../voiceapp/static/js/text/segments.js?without")
    assert.equal(floor("a👍b", 2), 1)
    assert.equal(floor("a👍b", 3), 3)
    assert.deepEqual([0, 1, 2, 3, 4].map(at => ceil("a👍b", at)), [0, 1, 3, 3, 4])
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

test("at every place of a text the character before it and the one behind it begin where characters begin", () => {
  for (const text of ["はが\u3099き", "👩‍👩‍👧‍👦!", "🇯🇵🇸🇦🇯🇵नमस्ते", "a\r\nb"]) {
    const starts = [0]
    for (const piece of graphemes(text)) starts.push(starts.at(-1) + piece.length)
    for (let at = 0; at <= text.length; at++) {
      assert.equal(floorGrapheme(text, at), starts.findLast(start => start <= at))
      assert.equal(ceilGrapheme(text, at), starts.find(start => start >= at))
    }
  }
})
