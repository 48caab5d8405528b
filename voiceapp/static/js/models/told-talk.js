// What a new session is told of a talk that goes on: the words of both, as they were heard; of a long talk, the latest.

import { ceilGrapheme } from "../text/segments.js"
import { heardPart } from "./transcript.js"

/** As docs/wire.md has it; of the bytes, those that go over the line count, quotes, names and escapes among them. */
export const MAX_TOLD = 100
export const MAX_TOLD_BYTES = 64_000
/** Something else than what any server takes for space. */
const WORDS = /[^\s\p{C}\u00a0]/u

/** As the server tells it, too. */
const PICTURE_GONE = "(I showed you a picture here, which is no longer at hand.)"

/** @typedef {Wire.Said} Said */
/** @typedef {{role: string, kind?: string, text: string, heard: string | null}} Entry */

/**
 * Oldest first. Tools are left out: what came of them was said. Of a picture it is told that there was one.
 * @param {Entry[]} entries
 * @returns {Said[]}
 */
export function toldOf(entries) {
  /** @type {Said[]} */
  const told = []
  let room = MAX_TOLD_BYTES
  for (const entry of entries.toReversed()) {
    const text = wordsOf(entry)
    if (entry.role === "tool" || !WORDS.test(text)) continue
    const said = { role: /** @type {Said["role"]} */ (entry.role), text }
    // Behind a comma.
    const bytes = 1 + bytesOf(said)
    if (told.length === MAX_TOLD || (bytes > room && told.length > 0)) break
    told.unshift(bytes > room ? { ...said, text: lastOf(text, room - bytesOf({ ...said, text: "" }) - 1) } : said)
    room -= bytes
  }
  return told
}

/** @param {Entry} entry */
function wordsOf(entry) {
  return entry.kind === "picture" ? PICTURE_GONE : heardPart(entry).trim()
}

/** Its last whole characters that find room. @param {string} text @param {number} room bytes */
function lastOf(text, room) {
  let from = text.length
  for (const point of [...text.slice(-room)].toReversed()) {
    room -= bytesOf(point) - 2
    if (room < 0) break
    from -= point.length
  }
  return text.slice(ceilGrapheme(text, from)).trim()
}

/** As JSON. @param {Said | string} said */
function bytesOf(said) {
  return new TextEncoder().encode(JSON.stringify(said)).length
}
