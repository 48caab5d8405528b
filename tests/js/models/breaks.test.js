import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"
import { breakLine } from "../../../voiceapp/static/js/models/breaks.js"

const read = language => JSON.parse(
  readFileSync(new URL(`../../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8")
)
const [en, ja] = ["en", "ja"].map(language => new Words(language, read(language)))
const AT = new Date(2026, 10, 26, 9, 5).getTime()
const of = (...date) => new Date(...date).getTime()
const without = { kind: "goes_on", at: AT }

test("a talk that goes on is named as one says it at that time", () => {
  const line = (began, words) => breakLine({ ...without, of: began }, words, () => "now").replaceAll("\u202f", " ")
  assert.equal(line(of(2026, 10, 25, 20), en), "The talk from November 25 continues here · now")
  assert.equal(line(of(2026, 10, 25, 20), ja), "11月25日の会話の続き · now")
  assert.equal(line(of(2026, 10, 26, 8, 30), en), "The talk from 8:30 AM continues here · now")
  assert.equal(line(of(2024, 1, 1), en), "The talk from February 1, 2024 continues here · now")
})

test("in a file the day stands with it, where it is known", () => {
  assert.match(breakLine({ kind: "lost", at: AT }, en), /^Reconnected to the speech service · Nov 26, 2026, 9:05\sAM$/)
  assert.equal(breakLine({ kind: "call" }, en), "New call")
})

test("every kind has its words", () => {
  for (const kind of ["call", "past", "goes_on", "again", "expiring", "lost", "moved", "missed"])
    for (const words of [en, ja]) assert.ok(words.has(`transcript.break.${kind}`), kind)
})
