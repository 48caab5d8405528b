import assert from "node:assert/strict"
import { test } from "node:test"
import { rowsOf, titleOf } from "../../../voiceapp/static/js/history/talk.js"
import { FORMATS } from "../../../voiceapp/static/js/history/exports.js"
import { ABOUT, entry, words } from "../support/kept-talk.js"

test("a talk has the name of the person's first words, not of the greeting that all begin with; without any, its date", () => {
  const dated = { language: "en", say: (key, values) => key === "talks.unnamed" ? `Talk of ${values.date}` : key }
  const greeting = entry("a", "assistant", "Hello! How can I help?")
  const talk = { ...ABOUT, entries: [greeting, entry("u", "user", ""), entry("v", "user", "A mill, please.")] }
  assert.equal(titleOf(talk, dated), "A mill, please.")
  assert.equal(titleOf({ ...talk, title: "Mine" }, dated), "Mine")
  const silent = { ...talk, entries: [greeting] }
  assert.match(titleOf(silent, dated), /^Talk of .*2026/)
  assert.notEqual(titleOf(silent, dated), titleOf({ ...silent, began: silent.began + 60_000 }, dated))
})

const talkOf = entries => ({ ...ABOUT, entries: entries.map(([id, text, more]) => ({ ...entry(id, "user", text), ...more })) })
const rows = entries => rowsOf(talkOf(entries), ({ text }) => text !== "")
  .map(({ entry: said, one }) => said ? said.text : one.kind)

test("what stands between two calls is written down with them; of an older talk it is known by their numbers", () => {
  const again = { breaks: [{ kind: "again", at: 7 }] }
  assert.deepEqual(rows([["a", "One.", again], ["1/a", "Two.", { part: 1 }]]), ["One.", "again", "Two."])
  assert.deepEqual(rows([["a", "One."], ["1/a", "Two.", { part: 1 }]]), ["One.", "call", "Two."])
  // What was not said takes no break with it, and none stands above the first.
  assert.deepEqual(
    rows([["a", "", again], ["b", "One."], ["c", "", again], ["1/a", "Two.", { part: 1 }]]), ["One.", "again", "Two."]
  )
  assert.deepEqual(rows([["a", "", again]]), [])
})

test("a file has the breaks too, each with its day", () => {
  const talk = talkOf([["a", "One.", { at: 0, end: 1, breaks: [{ kind: "moved", at: ABOUT.began }] }]])
  assert.match(FORMATS.txt.write(talk, words), /^You: One\.\n\[transcript\.break\.moved · May 3, 2026, [^\]]+\]\n$/)
  assert.match(FORMATS.md.write(talk, words), /\n---\n\n_transcript\.break\.moved · May 3, 2026, .*_\n$/)
  assert.deepEqual(JSON.parse(FORMATS.json.write(talk, words)).entries[0].breaks, [{ kind: "moved", at: ABOUT.began }])
})
