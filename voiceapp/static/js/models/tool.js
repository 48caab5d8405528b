// A tool that is used, in words: its own, or what its name and the arguments say.

import { isolated } from "../text/bidi.js"
import { decimal } from "./amounts.js"

/** @typedef {import("../wire.js").Tool & {tookMs?: number}} Tool with how long it ran, where the page saw that */
/**
 * @typedef {{say: (key: string, values?: Record<string, string | number>) => string, language: string, tag: string,
 *   direction?: import("../text/bidi.js").Direction}} Words
 */

/** Of an argument in a sentence, and of them where the tool has no sentence of its own. */
const MAX_VALUE = 60, MAX_VALUES = 3
const TENTH_MS = 100, TENTHS_MS = 10_000

/** @type {Record<import("../wire.js").ToolState, string>} */
const STATES = {
  running: "transcript.tool.running", done: "transcript.tool.done", failed: "transcript.tool.failed",
  asked: "transcript.tool.asked", declined: "transcript.tool.declined", unknown: "transcript.tool.unknown"
}

/** What it does. @param {Tool} tool @param {Words} words */
export function toolSentence(tool, words) {
  const values = valuesOf(tool.arguments, words)
  return ownSentence(tool, values, words) ?? plainSentence(tool.name, Object.values(values), words)
}

/**
 * In the page's language, or for any; the first of which all is known.
 * @param {Tool} tool
 * @param {Record<string, string>} values
 * @param {Words} words
 */
function ownSentence({ says = [] }, values, words) {
  const fitting = ["", words.tag].map(tag => says.filter(({ language }) => language === tag)).reverse().flat()
  const found = fitting.find(({ text }) => [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => name in values))
  return found?.text.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name], words.direction))
}

/** @param {string} name @param {string[]} all @param {Words} words */
function plainSentence(name, all, words) {
  if (!name) return words.say("transcript.tool.unnamed")
  const values = listed(all.slice(0, MAX_VALUES), words)
  return values
    ? words.say("transcript.tool.with", { name: inWords(name), values })
    : words.say("transcript.tool", { name: inWords(name) })
}

/**
 * The arguments that can be said, by name; none of what is not JSON yet, or was cut.
 * @param {string} json
 * @param {Words} words
 * @returns {Record<string, string>}
 */
function valuesOf(json, words) {
  const given = parsed(json)
  if (!given || typeof given !== "object") return {}
  const said = Object.entries(given).map(([name, value]) => [name, sayable(value, words)])
  return Object.fromEntries(said.filter(([, value]) => value))
}

/** @param {unknown} value @param {Words} words @returns {string} */
function sayable(value, words) {
  if (typeof value === "string") return shortened(value.trim())
  if (typeof value === "number") return String(value)
  if (!Array.isArray(value) || value.some(each => typeof each === "object")) return ""
  return shortened(listed(value.map(String), words))
}

/** @param {string[]} all @param {Words} words */
function listed(all, words) {
  return new Intl.ListFormat(words.language, { type: "conjunction", style: "narrow" }).format(all)
}

/** @param {string} text */
function shortened(text) {
  const [...characters] = text
  return characters.length > MAX_VALUE ? `${characters.slice(0, MAX_VALUE - 1).join("").trimEnd()}…` : text
}

/** @param {string} json @returns {any} undefined for what is none */
export function parsed(json) {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** @param {Tool} tool @param {Words} words */
export function toolState({ state, tookMs }, words) {
  return state === "done" && tookMs !== undefined ? toolTime(tookMs, words) : words.say(STATES[state])
}

/** Of a short time the tenths. @param {number} ms @param {Words} words */
function toolTime(ms, words) {
  const s = decimal(Math.max(ms, TENTH_MS) / 1000, ms < TENTHS_MS ? 1 : 0, words.language)
  return words.say("transcript.tool.took", { s })
}

/** A name in a program as people write. @param {string} name */
export const inWords = name => name.replaceAll("_", " ").trim().replace(
  /(\p{Ll})(\p{Lu})(?=(\p{Ll})?)/gu, (_, end, begin, next) => `${end} ${next ? begin.toLowerCase() : begin}`
)

/** Both in a line. @param {Tool} tool @param {Words} words */
export function toolLine(tool, words) {
  return words.say("transcript.tool.line", { tool: toolSentence(tool, words), state: toolState(tool, words) })
}
