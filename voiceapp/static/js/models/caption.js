// The caption of the stage: of what is being said the sentence, or as much of a long one as is read at a glance. What
// was said stands apart from what is still to come.

import { floorGrapheme } from "../text/segments.js"
import { sentences } from "../text/sentences.js"
import { heardPart } from "./transcript.js"

/** In letters; a wide one counts twice. */
const MOST = 72
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f000}-\u{3ffff}]/u
/** Behind it a long sentence may be parted. */
const PAUSE = /[\s,;:、，；：]/u

/** @typedef {{role: "user" | "assistant", said: string, coming: string}} Caption */

/**
 * The latest voice: an answer counts once its first word is heard.
 * @param {import("./transcript.js").Entry[]} entries of the call that goes on
 * @param {(entry: import("./transcript.js").Entry) => number} shown how many characters of it are said
 * @param {string} [typed] by the person, and on its way
 * @returns {Caption | null}
 */
export function captionOf(entries, shown, typed) {
  if (typed) return { role: "user", ...pieceAt(typed, 0) }
  for (const entry of entries.toReversed()) {
    const { role } = entry
    if (entry.removed || (role !== "user" && role !== "assistant")) continue
    const text = heardPart(entry)
    const end = entry.heard === null ? shown(entry) : text.length
    if (text.slice(0, end).trim()) return { role, ...pieceAt(text, end) }
  }
  return null
}

/** @param {string} text @param {number} end of what was said */
function pieceAt(text, end) {
  const { finished, rest } = sentences(text)
  let from = 0
  for (const piece of [...finished, rest].flatMap(parted)) {
    const to = from + piece.length
    if (end <= to) return { said: text.slice(from, end), coming: text.slice(end, to) }
    from = to
  }
  return { said: "", coming: "" }
}

/** @param {string} sentence */
function parted(sentence) {
  const pieces = []
  let rest = sentence
  for (let end = reach(rest); end < rest.length; end = reach(rest)) {
    const at = pauseBefore(rest, end)
    pieces.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...pieces, rest]
}

/** How far what is read at a glance goes. @param {string} text */
function reach(text) {
  let [end, width] = [0, 0]
  for (const character of text) {
    width += WIDE.test(character) ? 2 : 1
    if (width > MOST) return end
    end += character.length
  }
  return end
}

/** @param {string} text @param {number} end */
function pauseBefore(text, end) {
  for (let at = end; at > end / 3; at--) if (PAUSE.test(text[at - 1])) return at
  return floorGrapheme(text, end) || end
}
