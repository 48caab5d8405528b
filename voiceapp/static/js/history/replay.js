// What of a talk is to be seen at a moment of its replay.

import { spokenEnd } from "../text/spoken-text.js"
import { saidIn } from "./talk.js"

/**
 * Entries in their order that have begun, with how many characters have been said.
 * @param {import("./talk.js").Talk} talk
 * @param {number} ms
 * @returns {{entry: import("./talk.js").TalkEntry, shown: number}[]}
 */
export function shownAt({ entries }, ms) {
  return entries.filter(entry => entry.at <= ms && saidIn(entry)).map(entry => ({ entry, shown: said(entry, ms) }))
}

/**
 * Up to the end of the word that is being said.
 * @param {import("./talk.js").TalkEntry} entry
 * @param {number} ms
 */
function said(entry, ms) {
  const text = saidIn(entry)
  return ms >= entry.end ? text.length : spokenEnd(text, (ms - entry.at) / (entry.end - entry.at))
}
