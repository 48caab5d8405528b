import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { about, money, duration } from "../../../voiceapp/static/js/models/amounts.js"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"

const [en, es, ja] = ["en", "es", "ja"].map(language => new Words(
  language, JSON.parse(readFileSync(new URL(`../../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8"))
))

test("money has the digits of its currency, more where it is small, and never looks like nothing where it is something", () => {
  assert.deepEqual([
    money(12.5, "JPY", "ja"), money(0.5, "JPY", "en"), money(0, "JPY", "en"), money(0.4, "KRW", "ko"),
    money(0, "USD", "en"), money(0.00001, "USD", "en")
  ], ["￥13", "<¥1", "¥0", "<₩1", "$0.00", "<$0.0001"])
  assert.deepEqual(
    [money(1234.5, "EUR", "ja"), money(0.0123, "KWD", "en"), money(-0.5, "USD", "en")],
    ["€1,234.50", "KWD\u00a00.01230", "-$0.50"]
  )
  assert.deepEqual([about(1, "EUR", en, true), about(1, "EUR", en)], ["about €1.00", "€1.00"])
})

test("lengths and amounts are said as the language says them", () => {
  assert.deepEqual(
    [0, 12_000, 192_000, 3_600_000, 4_805_000].map(ms => duration(ms, en)),
    ["0 seconds", "12 seconds", "3 minutes 12 seconds", "1 hour", "1 hour 20 minutes"]
  )
  assert.deepEqual([en, es, ja].map(words => [duration(192_000, words), duration(4_805_000, words, "short")]), [
    ["3 minutes 12 seconds", "1 hr 20 min"], ["3 minutos y 12 segundos", "1 h 20 min"], ["3分12秒", "1時間20分"]
  ])
  assert.equal(duration(1_020_000, en, "short"), "17 min")
  assert.deepEqual(
    [money(0.0123, "USD", "en"), money(12.5, "EUR", "en"), money(0.0123, "USD", "ja")], ["$0.0123", "€12.50", "$0.0123"]
  )
})
