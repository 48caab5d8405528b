// A talk as a file in each of the forms it can be taken away in. Of an answer that was cut, what was heard.

import { about } from "../models/amounts.js"
import { breakLine } from "../models/breaks.js"
import { isolated } from "../text/bidi.js"
import { said } from "../models/latency.js"
import { marksOf } from "../models/marks.js"
import { firstGraphemes, floorGrapheme, graphemes } from "../text/segments.js"
import { sentences } from "../text/sentences.js"
import { speechMs } from "../text/speech-rate.js"
import { toolLine } from "../models/tool.js"
import { isSeen, rowsOf, saidIn, titleOf } from "./talk.js"

/** A typed line stands so long as a caption. */
const TYPED_MS = 2000
/** Of the words in a file's name: characters, and bytes of UTF-8. */
const NAME_LENGTH = 40, NAME_BYTES = 160

/**
 * @typedef {{say: (key: string, values?: Record<string, string | number>) => string, language: string, tag: string,
 *   direction?: import("../text/bidi.js").Direction}} Words
 */
/** @typedef {import("./talk.js").Talk} Talk */
/** @typedef {{at: number, end: number, role: import("../wire.js").Role, text: string}} Cue */

/** @type {Record<string, {type: string, write: (talk: Talk, words: Words) => string}>} */
export const FORMATS = {
  md: { type: "text/markdown", write: markdown },
  txt: { type: "text/plain", write: text },
  json: { type: "application/json", write: json },
  srt: { type: "application/x-subrip", write: srt },
  vtt: { type: "text/vtt", write: vtt },
  jsonl: { type: "application/jsonl", write: jsonLines }
}

/** @param {Talk} talk @param {Words} words */
function markdown(talk, words) {
  const line = (/** @type {import("./talk.js").TalkEntry} */ entry) => {
    if (entry.tool) return `_${escaped(toolLine(entry.tool, words))}_\n${parts(entry.tool, words, "\n", escaped)}`
    const marked = marks(entry, words).map(mark => ` _${mark}_`).join("")
    const head = `**${who(entry, words)}** (${clock(entry.at, ".").slice(0, 8)})${marked}`
    return `${head}\n\n${escaped(told(entry, words))}\n${took(entry, words)}`
  }
  const lines = written(talk, words, text => `---\n\n_${escaped(text)}_\n`, line)
  return [
    `# ${escaped(isolated(titleOf(talk, words), words.direction))}\n`, `${dated(talk, words)}\n`, ...lines
  ].join("\n")
}

/**
 * What a tool was asked and what came, each in a line of its own.
 * @param {import("../wire.js").Tool} tool
 * @param {Words} words
 * @param {string} before each
 * @param {(text: string) => string} write
 */
function parts(tool, words, before, write) {
  const said = { "transcript.tool.arguments": tool.arguments, "transcript.tool.result": tool.result ?? "" }
  return Object.entries(said).filter(([, text]) => text && text !== "{}").map(
    ([key, text]) => `${before}${words.say(key)}: ${write(text.replaceAll(/\s*\n\s*/g, " "))}\n`
  ).join("")
}

/** @param {import("./talk.js").TalkEntry} entry @param {Words} words */
function took({ latency }, words) {
  return latency ? `\n_${said(latency, words).join(" · ")}_\n` : ""
}

/** @param {Talk} talk @param {Words} words */
function text(talk, words) {
  const line = (/** @type {import("./talk.js").TalkEntry} */ entry) => entry.tool
    ? `[${toolLine(entry.tool, words)}]\n${parts(entry.tool, words, "", one => one)}`
    : `${who(entry, words)}: ${told(entry, words)}${marks(entry, words).map(mark => ` [${mark}]`).join("")}\n`
  return written(talk, words, text => `[${text}]\n`, line).join("")
}

/** @param {Talk} talk */
function json({ sound: _, events: __, ...talk }) {
  return `${JSON.stringify({ format: "voiceapp-talk-1", ...talk, began: moment(talk.began) }, null, 2)}\n`
}

/** @param {Talk} talk @param {Words} words */
function srt(talk, words) {
  return cues(talk).map((cue, i) => {
    const times = `${clock(cue.at, ",")} --> ${clock(cue.end, ",")}`
    return `${i + 1}\n${times}\n${who(cue, words)}: ${isolated(cue.text, words.direction)}\n`
  }).join("\n")
}

/** @param {Talk} talk @param {Words} words */
function vtt(talk, words) {
  const lines = cues(talk).map(cue => {
    const text = cue.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    return `${clock(cue.at, ".")} --> ${clock(cue.end, ".")}\n<v ${who(cue, words)}>${text}\n`
  })
  return ["WEBVTT\n", ...lines].join("\n")
}

/** @param {Talk} talk */
function jsonLines({ events }) {
  return events.map(event => `${JSON.stringify(event)}\n`).join("")
}

/**
 * One for each sentence: an entry's time is shared out by what each takes to say.
 * @param {Talk} talk
 * @returns {Cue[]}
 */
export function cues(talk) {
  return spoken(talk).flatMap(entry => {
    const { finished, rest } = sentences(saidIn(entry))
    const parts = [...finished, rest].filter(part => part.trim())
    const ms = Math.max(entry.end - entry.at, entry.kind === "text" ? TYPED_MS : parts.length)
    const weights = parts.map(part => speechMs(part) || part.length)
    const share = ms / weights.reduce((total, weight) => total + weight, 0)
    let at = entry.at
    return parts.map((part, i) => ({ role: entry.role, text: part.trim(), at, end: at += weights[i] * share }))
  })
}

/** A name for its files: the day and the first words. @param {Talk} talk @param {Words} words */
export function fileName(talk, words) {
  const kept = [...graphemes(titleOf(talk, words))].map(one => /^[\p{L}\p{N}]/u.test(one) ? one : "-").join("")
  const title = shortened(kept.replace(/-+/g, "-").replace(/^-/, "")).replace(/-$/, "")
  return [day(talk.began), title].filter(Boolean).join("-")
}

/** As the person's calendar has it. @param {number} at unix milliseconds */
function day(at) {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part => String(part).padStart(2, "0")).join("-")
}

/** ISO 8601, by the person's clock and with its distance from UTC. @param {number} at unix milliseconds */
function moment(at) {
  const ahead = -new Date(at).getTimezoneOffset()
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map(
    part => String(part).padStart(2, "0")
  )
  return new Date(at + ahead * 60_000).toISOString().replace("Z", `${ahead < 0 ? "-" : "+"}${hours}:${minutes}`)
}

/** Whole characters, as many as file systems take. @param {string} words */
function shortened(words) {
  let short = firstGraphemes(words, NAME_LENGTH)
  while (new TextEncoder().encode(short).length > NAME_BYTES)
    short = short.slice(0, floorGrapheme(short, short.length - 1))
  return short
}

/** @param {Talk} talk */
function spoken({ entries }) {
  return entries.filter(entry => saidIn(entry))
}

/**
 * What was said, the tools that were used, and the breaks between them, each as it is written.
 * @param {Talk} talk
 * @param {Words} words
 * @param {(text: string) => string} part
 * @param {(entry: import("./talk.js").TalkEntry) => string} write
 */
function written(talk, words, part, write) {
  return rowsOf(talk, isSeen)
    .map(({ entry, one }) => entry ? write(entry) : part(breakLine(one, words)))
}

/** @param {import("./talk.js").TalkEntry} entry @param {Words} words */
function marks(entry, words) {
  return marksOf(entry).map(key => words.say(key))
}

/** Set apart from the line in which it stands. @param {import("./talk.js").TalkEntry} entry @param {Words} words */
function told(entry, words) {
  return entry.kind === "picture" ? words.say("transcript.picture") : isolated(saidIn(entry), words.direction)
}

/** @param {{role: string}} entry @param {Words} words */
function who({ role }, words) {
  return words.say(role === "user" ? "transcript.you" : "transcript.assistant")
}

/** @param {Talk} talk @param {Words} words */
function dated(talk, words) {
  const when = new Date(talk.began).toLocaleString(words.language, { dateStyle: "long", timeStyle: "short" })
  const { cost, estimated, model } = talk
  const price = cost && about(cost.total, cost.currency, words, estimated)
  return [when, model, price && words.say("talks.cost", { cost: price })].filter(Boolean).join(" · ")
}

/** @param {number} ms @param {string} point */
function clock(ms, point) {
  const whole = Math.max(0, Math.round(ms))
  const [hours, minutes, seconds] = [whole / 3600000, (whole / 60000) % 60, (whole / 1000) % 60].map(
    part => String(Math.floor(part)).padStart(2, "0")
  )
  return `${hours}:${minutes}:${seconds}${point}${String(whole % 1000).padStart(3, "0")}`
}

/** @param {string} words */
function escaped(words) {
  return words.replace(/[\\`*_[\]<>#|]/g, "\\$&")
}
