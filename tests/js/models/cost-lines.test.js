import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { costLines } from "../../../voiceapp/static/js/models/cost-lines.js"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"

const TOKENS = {
  input_tokens: 100, output_tokens: 50, input_text_tokens: 60, input_audio_tokens: 40, cached_tokens: 0,
  output_text_tokens: 10, output_audio_tokens: 40
}
const COST = { turn: 0.02, total: 0.19, transcription: 0.17, unpriced: [], currency: "USD", dated: "2026-11-12" }
const USAGE = {
  turn: TOKENS, total: TOKENS, transcription: { seconds: 600, input_tokens: 0, output_tokens: 0 }, estimated: false,
  free: false, cost: COST
}
const [en, ja] = ["en", "ja"].map(language => new Words(
  language, JSON.parse(readFileSync(new URL(`../../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8"))
))
const lines = (usage, words = en, total = usage.cost?.total ?? null) => costLines({ ...USAGE, ...usage }, total, words)

test("a call's cost has the turn, the talk, the date of the prices, the tokens, and transcription on a line of its own", () => {
  assert.deepEqual(lines({}, en, 0.19), [
    "This turn $0.02, this talk $0.19.",
    "Prices as of November 12, 2026.",
    "Tokens in: 100 (40 sound, 60 text, 0 from the cache). Tokens out: 50 (40 sound, 10 text).",
    "Transcribing what you say: 10 minutes; $0.17."
  ])
})

test("the same in Japanese", () => {
  assert.deepEqual(lines({}, ja, 0.19), [
    "直前のやり取り：\u2060$0.02、会話全体：\u2060$0.19。",
    "2026年11月12日時点の価格です。",
    "入力100トークン\u2060（音声\u206040、文字\u206060、うちキャッシュ\u20600）、出力50トークン\u2060（音声\u206040、文字\u206010）。",
    "あなたの発言の文字起こし：10分、$0.17。"
  ])
})

test("transcription that is billed by tokens says them", () => {
  const transcription = { seconds: 0, input_tokens: 1200, output_tokens: 30 }
  assert.equal(lines({ transcription }).at(-1), "Transcribing what you say: tokens: 1,200 in, 30 out; $0.17.")
  assert.equal(lines({ transcription }, ja).at(-1), "あなたの発言の文字起こし：入力1,200トークン・出力30トークン、$0.17。")
})

test("what has no price is said to have none, and is never 0", () => {
  const cost = { ...COST, total: 0.02, transcription: null, unpriced: ["transcription"] }
  assert.deepEqual([lines({ cost })[2], lines({ cost }).at(-1)], [
    "No price is known for transcribing what you say; it is not in the sum.",
    "Transcribing what you say: 10 minutes; no price known."
  ])
  assert.equal(lines({ cost: null })[0], "No price is known for this model, so only its tokens are counted.")
  assert.equal(lines({ cost: null }, ja).at(-1), "あなたの発言の文字起こし：10分、価格不明。")
})

test("an estimate is said to be one", () => {
  assert.equal(lines({ estimated: true }, en, 0.19)[0], "This turn $0.02, this talk about $0.19.")
  assert.ok(lines({ estimated: true }).some(line => line.startsWith("Part of this is an estimate")))
  assert.equal(lines({ estimated: true }, ja, 0.19)[0], "直前のやり取り：\u2060$0.02、会話全体：\u2060約$0.19。")
})

test("before an answer there is no turn, and the operator's prices have no date", () => {
  assert.deepEqual(
    lines({ cost: { ...COST, turn: null, dated: null } }, en, 0.17).slice(0, 2),
    ["This talk $0.17.", "Prices as set on this server."]
  )
})

test("the built-in voice costs nothing", () => {
  assert.equal(lines({ free: true, cost: null })[0], "The built-in voice costs nothing.")
  assert.equal(lines({ free: true, cost: null }).at(-1), "Transcribing what you say: 10 minutes.")
})
