import assert from "node:assert/strict"
import { test } from "node:test"
import { titleOf } from "../../../voiceapp/static/js/history/talk.js"
import { ABOUT, entry } from "../support/kept-talk.js"

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
