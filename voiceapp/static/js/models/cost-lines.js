// What a call used and cost, in lines as one reads them.

import { about, duration, money } from "./amounts.js"

/** @typedef {{say: (key: string, values?: Record<string, string | number>) => string, language: string}} Words */

/** What is said of a part of the usage that has no price. */
const UNPRICED = { talk: "usage.unpriced.talk", transcription: "usage.unpriced.transcription" }

/**
 * @param {import("../wire.js").Usage} usage
 * @param {number | null} total money, with what the call cost before
 * @param {Words} words
 */
export function costLines(usage, total, words) {
  return [...price(usage, total, words), tokens(usage.total, words), ...transcription(usage, words)]
}

/** @param {import("../wire.js").Usage} usage @param {number | null} total @param {Words} words */
function price({ free, cost, estimated }, total, words) {
  const guessed = estimated ? [words.say("usage.estimated")] : []
  if (free) return [words.say("usage.free")]
  if (!cost) return [words.say("usage.no_price"), ...guessed]
  const { turn, currency, dated, unpriced } = cost
  const whole = about(total ?? cost.total, currency, words, estimated)
  const paid = turn === null
    ? words.say("usage.cost.total", { total: whole })
    : words.say("usage.cost", { turn: money(turn, currency, words.language), total: whole })
  const prices = dated === null
    ? words.say("usage.prices.own")
    : words.say("usage.prices", { date: day(dated, words.language) })
  return [paid, prices, ...unpriced.map(part => words.say(UNPRICED[part])), ...guessed]
}

/** @param {import("../wire.js").Tokens} used @param {Words} words */
function tokens(used, words) {
  return words.say("usage.tokens", {
    input: used.input_tokens, audio: used.input_audio_tokens, text: used.input_text_tokens, cached: used.cached_tokens,
    output: used.output_tokens, spoken: used.output_audio_tokens, written: used.output_text_tokens
  })
}

/** @param {import("../wire.js").Usage} usage @param {Words} words */
function transcription({ transcription: used, cost, free }, words) {
  if (!used) return []
  const parts = [
    ...used.seconds ? [duration(1000 * used.seconds, words)] : [],
    ...used.input_tokens + used.output_tokens
      ? [words.say("usage.transcription.tokens", { input: used.input_tokens, output: used.output_tokens })]
      : []
  ]
  const amount = new Intl.ListFormat(words.language, { type: "unit" }).format(parts)
  if (free) return [words.say("usage.transcription.free", { used: amount })]
  const paid = cost && cost.transcription !== null
    ? money(cost.transcription, cost.currency, words.language)
    : words.say("usage.transcription.no_price")
  return [words.say("usage.transcription", { used: amount, cost: paid })]
}

/** @param {string} date @param {string} language */
function day(date, language) {
  return new Date(`${date}T12:00`).toLocaleDateString(language, { dateStyle: "long" })
}
