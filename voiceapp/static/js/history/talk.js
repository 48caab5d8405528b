// The shape of a talk that is kept, exported and replayed, for the type checker; and the few words about it that all
// share.
// Times are in milliseconds since the call was live.

import { firstGraphemes } from "../text/segments.js"
import { heardPart } from "../models/transcript.js"

/**
 * @typedef {object} TalkEntry
 * @property {string} id
 * @property {import("../wire.js").Role} role
 * @property {"audio" | "text"} kind
 * @property {string} text
 * @property {string | null} heard after a cut, what was heard
 * @property {import("../models/marks.js").Incomplete | null} [incomplete] the service ended it before its end
 * @property {boolean} [failed] it could not be written down
 * @property {import("../models/tool.js").Tool | null} [tool] that was used
 * @property {import("../models/latency.js").Latency | null} [latency] how long the answer took
 * @property {number} [part] the call of the talk that it is of, where its connection was lost in between; none: the
 *   first
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
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} title empty: the person's first words stand for it
 * @property {boolean} marked a bookmark
 * @property {number} began unix milliseconds
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

/**
 * Whether another call begins here, since the connection was lost.
 * @param {TalkEntry} entry
 * @param {TalkEntry | undefined} before
 */
export function isBreak({ part = 0 }, before) {
  return before !== undefined && part !== (before.part ?? 0)
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
