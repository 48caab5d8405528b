import assert from "node:assert/strict"
import { test } from "node:test"
import { captionOf } from "../../../voiceapp/static/js/models/caption.js"
import { graphemes } from "../../../voiceapp/static/js/text/segments.js"

const entry = (role, text, more = {}) => ({ role, text, heard: null, removed: false, ...more })
/** All that an answer shows, character by character. */
const all = text => Array.from({ length: text.length }, (_, i) => captionOf([entry("assistant", text)], () => i + 1))

test("the sentence that is being said stands there, what was said apart from what comes", () => {
  const text = "It is sunny. Clouds come in later. Good night."
  const at = shown => captionOf([entry("assistant", text)], () => shown)
  assert.deepEqual(at(5), { role: "assistant", said: "It is", coming: " sunny. " })
  assert.deepEqual(at("It is sunny. Clouds".length), { role: "assistant", said: "Clouds", coming: " come in later. " })
  assert.deepEqual(at(text.length), { role: "assistant", said: "Good night.", coming: "" })
})

test("an answer takes the place of the question with its first word that is heard", () => {
  const talk = [entry("user", "And tomorrow?"), entry("tool", "weather"), entry("assistant", "Rain.")]
  assert.deepEqual(captionOf(talk, ({ role, text }) => role === "user" ? text.length : 0)?.said, "And tomorrow?")
  assert.equal(captionOf(talk, ({ text }) => text.length)?.said, "Rain.")
  assert.equal(captionOf([], () => 0), null)
  assert.equal(captionOf([entry("assistant", "Rain.", { removed: true })], () => 5), null)
})

test("what was typed stands there until it is in the talk, as much of it as is read at a glance", () => {
  const talk = [entry("assistant", "Rain.")]
  assert.deepEqual(captionOf(talk, () => 5, "And tomorrow?"), { role: "user", said: "", coming: "And tomorrow?" })
  assert.equal(captionOf([], () => 0, "word ".repeat(100))?.coming.length, 70)
})

test("of an answer that was cut nothing more comes", () => {
  const cut = entry("assistant", "It is sunny. Clouds come in later.", { heard: "It is sunny. Clouds" })
  assert.deepEqual(captionOf([cut], () => 100), { role: "assistant", said: "Clouds", coming: "" })
})

test("a long sentence comes in parts that are read at a glance, in any script, and nothing of it is left out", () => {
  const long = {
    latin: "This is a sentence, which goes on and on, with one clause behind another and no end in sight at all, ",
    japanese: "これはとても長い文で、読点がいくつもあって、いつまでたっても終わらない、そういう文なのです、",
    together: "x".repeat(300),
    marks: "e\u0301".repeat(300)
  }
  for (const [script, once] of Object.entries(long)) {
    const text = [1, 2, 3, 4].map(n => `${n}${once}`).join("")
    const parts = all(text).filter(({ said }, i, every) => said.length <= (every[i - 1]?.said.length ?? Infinity))
      .map(({ said, coming }) => said + coming)
    assert.ok(parts.length > 3, script)
    assert.equal(parts.join(""), text.slice(0, parts.join("").length), script)
    const most = script === "japanese" ? 36 : 72
    for (const part of parts) assert.ok([...graphemes(part)].length <= most, `${script}: ${part}`)
  }
})

test("a part stands as long as it is said, though more of the sentence comes in", () => {
  const text = "One clause of a long sentence, and another one that makes it longer still, and a third that ends it."
  const shown = 20
  const parts = new Set(Array.from({ length: 20 }, (_, i) => {
    const { said, coming } = captionOf([entry("assistant", text.slice(0, 80 + i))], () => shown)
    return said + coming
  }))
  assert.equal(parts.size, 1)
})
