// The shape of a talk that is kept, exported and replayed, for the type checker; and the few words about it that all
// share. Times are in milliseconds since the call was live; of a talk that went on another day, without what was
// between.

import { firstGraphemes } from "../text/segments.js"
import { heardPart } from "../models/transcript.js"

/**
 * @typedef {object} TalkEntry
 * @property {string} id
 * @property {import("../wire.js").Role} role
 * @property {"audio" | "text" | "picture"} kind
 * @property {string} text
 * @property {string | null} heard after a cut, what was heard
 * @property {import("../models/marks.js").Incomplete | null} [incomplete] the service ended it before its end
 * @property {boolean} [failed] it could not be written down
 * @property {import("../models/tool.js").Tool | null} [tool] that was used
 * @property {import("../models/latency.js").Latency | null} [latency] how long the answer took
 * @property {string | null} [picture] that was shown: an address with its content
 * @property {number} [part] the call of the talk that it is of, where it took several; none: the first
 * @property {Break[]} [breaks] what stands behind it
 * @property {number} at
 * @property {number} end
 */

/** @typedef {{at: number, from: number}} Stretch of an item's sound: from this millisecond of it, heard at that time */
/**
 * @typedef {{n: number, item: string | null, at: number, samples: number}} Piece `at`: in the talk, or for the
 *   assistant's in the item
 */
/** @typedef {{pieces: Piece[], stretches: Record<string, Stretch[]>, heard: Record<string, number>}} TalkSound */

/**
 * What a talk took; an older one tells neither what its transcription did nor whether any of it is an estimate.
 * @typedef {object} TalkUsage
 * @property {import("../wire.js").Tokens | null} tokens
 * @property {import("../wire.js").Transcribed | null} [transcription]
 * @property {import("../wire.js").Cost | null} cost
 * @property {boolean} [estimated]
 */

/**
 * @typedef {{at: number, began: number, part: number, piece: number, used: TalkUsage}} Sitting `at`: in the talk;
 *   `began`: unix milliseconds; `part`, `piece`: its first; `used` before
 */

/**
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} title empty: the person's first words stand for it
 * @property {boolean} marked a bookmark
 * @property {number} began unix milliseconds
 * @property {Sitting[]} [sittings] where it was gone on with on another day
 * @property {number} length
 * @property {string} model
 * @property {string} voice
 * @property {TalkEntry[]} entries
 * @property {TalkSound | null} sound
 * @property {import("../wire.js").LogLine[]} events none in a list of talks
 */

/** @typedef {Conversation & TalkUsage} Talk */
/** @typedef {Partial<Pick<Talk, "title" | "marked">>} TalkChange */

const TITLE_LENGTH = 60

/** An item's id in its talk: each call has ids of its own. @param {number} part @param {string} id */
export function idIn(part, id) {
  return part ? `${part}/${id}` : id
}

/** @typedef {import("../models/breaks.js").Break} Break */
/** @typedef {{entry: TalkEntry, one?: undefined} | {one: Break, entry?: undefined}} Row */

/**
 * Entries that are to be seen, and the breaks between them.
 * @param {Talk} talk
 * @param {(entry: TalkEntry) => boolean} seen
 */
export function rowsOf({ entries }, seen) {
  /** @type {Row[]} */
  const rows = []
  for (const [i, entry] of entries.entries())
    rows.push(...seen(entry) ? [{ entry }] : [], ...breaksBehind(entry, entries[i + 1]).map(one => ({ one })))
  // Above the first there is nothing to part.
  while (rows[0]?.one) rows.shift()
  return rows
}

/** @param {string} id in its talk */
export function partOf(id) {
  return Number(/^(\d+)\//u.exec(id)?.[1] ?? 0)
}

/** An older page did not write them down. @param {TalkEntry} entry @param {TalkEntry} [next] @returns {Break[]} */
export function breaksBehind({ part = 0, breaks }, next) {
  return breaks ?? (next && part !== (next.part ?? 0) ? [{ kind: "call" }] : [])
}

/** Whether there is something to see of it. @param {TalkEntry} entry */
export function isSeen(entry) {
  return Boolean(saidIn(entry) || entry.tool || entry.failed || entry.kind === "picture")
}

/** What counts as said: of an answer that was cut, only what was heard. @param {TalkEntry} entry */
export function saidIn(entry) {
  return heardPart(entry).trim()
}

/**
 * As it was named, or the person's own first words: greetings are all alike. Without a word of theirs, when it was.
 * @param {Talk} talk
 * @param {import("./exports.js").Words} words
 */
export function titleOf(talk, words) {
  const first = talk.entries.filter(({ role }) => role === "user")
    .map(saidIn).find(Boolean)?.replace(/\s+/gu, " ") ?? ""
  const start = firstGraphemes(first, TITLE_LENGTH)
  const short = start.length < first.length ? `${start.trimEnd()}…` : first
  return talk.title || short || words.say(
    "talks.unnamed",
    { date: new Date(talk.began).toLocaleString(words.language, { dateStyle: "medium", timeStyle: "short" }) }
  )
}
