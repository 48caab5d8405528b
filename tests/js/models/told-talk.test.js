import assert from "node:assert/strict"
import { test } from "node:test"
import { MAX_TOLD, MAX_TOLD_BYTES, toldOf } from "../../../voiceapp/static/js/models/told-talk.js"
import { graphemes } from "../../../voiceapp/static/js/text/segments.js"
import { random } from "../support/speech.js"

const entry = (role, text, more = {}) => ({ role, text, heard: null, tool: null, ...more })
const bytes = told => new TextEncoder().encode(JSON.stringify(told)).length

test("the words of both are told, an answer's as far as it was heard; tools and what has no words are not", () => {
  assert.deepEqual(toldOf([
    entry("user", " Tell me a story. "), entry("tool", "", { tool: { name: "look" } }),
    entry("assistant", "Once upon a time.", { heard: "Once upon" }), entry("assistant", "Unheard.", { heard: "" }),
    entry("user", "\u0085\u001c \u200b"), entry("user", "Go on.")
  ]), [
    { role: "user", text: "Tell me a story." }, { role: "assistant", text: "Once upon" },
    { role: "user", text: "Go on." }
  ])
  assert.deepEqual(toldOf([]), [])
})

test("of a picture it is told that there was one", () => {
  assert.deepEqual(toldOf([entry("user", "", { kind: "picture" }), entry("assistant", "A cat.")]), [
    { role: "user", text: "(I showed you a picture here, which is no longer at hand.)" },
    { role: "assistant", text: "A cat." }
  ])
})

test("of more than a hundred entries the oldest are left out", () => {
  const told = toldOf(Array.from({ length: 250 }, (_, i) => entry("user", `Number ${i}.`)))
  assert.deepEqual([told.length, told[0].text, told.at(-1).text], [MAX_TOLD, "Number 150.", "Number 249."])
})

test("of more than there is room for the oldest are left out, whole", () => {
  const long = "あ".repeat(10_000)
  const told = toldOf([entry("user", "First."), ...[1, 2, 3].map(i => entry("assistant", `${i}${long}`))])
  assert.deepEqual(told.map(({ text }) => text[0]), ["2", "3"])
})

test("of one that is too long alone its end is told, and no character is split", () => {
  const family = "👨‍👩‍👧‍👦"
  for (const one of [family, "が", "नमस्ते ", "x", "\""]) {
    const [{ text }, ...rest] = toldOf([entry("user", "First."), entry("assistant", `!${one.repeat(70_000)}`)])
    assert.deepEqual(rest, [])
    const size = bytes([{ role: "assistant", text }])
    assert.ok(size <= MAX_TOLD_BYTES + 1 && size > MAX_TOLD_BYTES - 40, `${size}`)
    const [first] = graphemes(text.slice(0, 20))
    assert.ok([...graphemes(one)].includes(first), first)
  }
})

test("whatever was said, what is told keeps within its bounds and is the end of it", () => {
  const next = random(7)
  for (let round = 0; round < 40; round++) {
    const entries = Array.from({ length: Math.floor(next() * 160) }, (_, i) => entry(
      next() < .5 ? "user" : "assistant", `${i} ${"字x👍 "[Math.floor(next() * 5)] ?? "é"}`.repeat(1 + next() * 900)
    ))
    const told = toldOf(entries)
    assert.ok(told.length <= MAX_TOLD && bytes(told) <= MAX_TOLD_BYTES + 1)
    assert.deepEqual(
      told.map(({ text }) => text), entries.slice(entries.length - told.length).map(({ text }) => text.trim())
    )
  }
})
