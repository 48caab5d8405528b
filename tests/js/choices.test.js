import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Choices, RANGES } from "../../voiceapp/static/js/choices.js"

function choices(stored) {
  const storage = { value: stored === undefined ? null : stored, getItem() { return this.value }, setItem(_, value) { this.value = value } }
  const changed = []
  return { choices: new Choices(storage, { choiceChanged: name => changed.push(name) }), storage, changed }
}

test("what was never chosen is left to the server", () => {
  const { choices: made } = choices()
  assert.equal(made.turn, undefined)
  assert.equal(made.values.mode, "server_vad")
  made.choose("volume", 0.5)
  assert.equal(made.turn, undefined)
})

test("what was chosen is told, remembered and found again", () => {
  const { choices: made, storage, changed } = choices()
  made.choose("silence_ms", 900)
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.5, silence_ms: 900, prefix_ms: 300 })
  made.choose("mode", "semantic_vad")
  made.choose("eagerness", "low")
  assert.deepEqual(made.turn, { mode: "semantic_vad", eagerness: "low" })
  made.choose("mode", "push_to_talk")
  assert.deepEqual(choices(storage.value).choices.turn, { mode: "push_to_talk" })
  assert.deepEqual(changed, ["silence_ms", "mode", "eagerness", "mode"])
})

test("the sliders go back, and the server is told so", () => {
  const { choices: made } = choices('{"threshold": 0.8, "prefix_ms": 0}')
  made.reset()
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.5, silence_ms: 500, prefix_ms: 300 })
})

test("how the persona takes turns is the usual, and what was chosen beside it comes with it", () => {
  const { choices: made } = choices()
  made.suggest({ mode: "server_vad", silence_ms: 1000, idle_ms: 15000, nonsense: 1 })
  assert.equal(made.turn, undefined)
  assert.equal(made.values.silence_ms, 1000)
  made.choose("threshold", 0.6)
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.6, silence_ms: 1000, prefix_ms: 300, idle_ms: 15000 })
  made.suggest(null)
  assert.equal(made.values.silence_ms, 500)
})

test("what is no longer on offer is as if it had never been chosen", () => {
  const { choices: made, storage } = choices('{"voice": "gone", "volume": 0.5}')
  made.offer({ persona: "friend" })
  made.unchoose("voice")
  assert.deepEqual([made.values.voice, made.values.persona, storage.value], ["", "friend", '{"volume":0.5}'])
})

test("what is not valid is not kept, whoever wrote it", () => {
  const stored = '{"mode": "telepathy", "threshold": 4, "silence_ms": "long", "volume": 0.2, "unknown": 1}'
  assert.deepEqual(choices(stored).choices.chosen, { volume: 0.2 })
  for (const broken of ["", "null", "{", "7"]) assert.deepEqual(choices(broken).choices.chosen, {})
  const { choices: made } = choices()
  made.choose("threshold", 1.5)
  assert.equal(made.values.threshold, 0.5)
})

test("an empty name is none: there is always somebody who speaks", () => {
  const { choices: made } = choices('{"persona": "", "profile": ""}')
  made.offer({ persona: "friend", profile: "openai" })
  assert.equal(made.adopt({ persona: "", profile: "", voice: "" }), 1)
  assert.deepEqual([made.values.persona, made.values.profile], ["friend", "openai"])
})

test("a language is what the server takes for one, or none", () => {
  const { choices: made } = choices()
  for (const tag of ["ja", "zh-Hant-TW", ""]) {
    made.choose("language", tag)
    assert.equal(made.values.language, tag)
  }
  for (const broken of ["j", "ja_JP", "ja ", "ja-", "englishlanguage", 7, "en\n"]) made.choose("language", broken)
  assert.equal(made.values.language, "")
})

test("a browser that keeps nothing is no hindrance", () => {
  const made = new Choices({ getItem() { throw new Error() }, setItem() { throw new Error() } }, { choiceChanged() {} })
  made.choose("volume", 0.3)
  assert.equal(made.values.volume, 0.3)
})

test("the safe ranges are those of the wire", () => {
  const wire = readFileSync(new URL("../../docs/wire.md", import.meta.url), "utf8")
  const comma = number => number.toLocaleString("en")
  for (const { least, most, usual } of Object.values(RANGES)) assert.ok(wire.includes(`${comma(least)} to ${comma(most)} (${usual})`))
})
