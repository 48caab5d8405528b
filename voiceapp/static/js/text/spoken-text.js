// How far into a text its speech has come, and what of the text shows then.

import { graphemes, words } from "./segments.js"
import { speechMs } from "./speech-rate.js"

/** A word shows whole when it begins to be spoken; one that takes longer shows by its characters. */
const LONGEST_WORD_MS = 1000

/** What ends a word is seen with it. */
const PUNCTUATION = /^\p{P}+$/u

/**
 * The text in the portions in which it shows: words, unless they take long or may still grow; then their characters.
 * @param {string} text
 * @param {boolean} final nothing is added any more
 */
export function* portions(text, final) {
  let word = ""
  for (const piece of words(text)) {
    if (word && !PUNCTUATION.test(piece)) {
      yield* shownTogether(word)
      word = ""
    }
    word += piece
  }
  if (word) yield* final ? shownTogether(word) : graphemes(word)
}

/** @param {string} word */
function shownTogether(word) {
  return speechMs(word) <= LONGEST_WORD_MS ? [word] : graphemes(word)
}

/**
 * The end of what has begun to be spoken.
 * @param {string} text
 * @param {number} share of its time, 0 to 1
 */
export function spokenEnd(text, share) {
  const spoken = speechMs(text) * share
  let end = 0, ms = 0
  for (const portion of portions(text, true)) {
    if (ms > spoken && share < 1) break
    end += portion.length
    ms += speechMs(portion)
  }
  return end
}
