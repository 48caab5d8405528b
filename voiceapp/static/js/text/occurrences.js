// Where a text has some words, in any case, width and accent, and in either kana.

/** @typedef {{plain: string, places: number[], ends: number[]}} Folded */

/**
 * The beginning and the end of each, in the order of the text; none overlaps another.
 * @param {string | Folded} text
 * @param {string} query
 * @returns {[number, number][]}
 */
export function occurrences(text, query) {
  const { plain: wanted } = folded(query.trim())
  if (!wanted) return []
  const { plain, places, ends } = typeof text === "string" ? folded(text) : text
  /** @type {[number, number][]} */
  const found = []
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + wanted.length))
    // With the marks behind it, and with all of a ligature.
    found.push([places[at], Math.max(ends[at + wanted.length - 1], places[at + wanted.length])])
  return found
}

/**
 * What of a text counts, and where each character of it begins and ends in the text: most of a search's work.
 * @param {string} text
 * @returns {Folded}
 */
export function folded(text) {
  /** @type {number[]} */
  const places = []
  /** @type {number[]} */
  const ends = []
  let plain = ""
  let at = 0
  // Half-width kana has its voiced mark behind it.
  for (const [character] of text.matchAll(/.[\u3099\u309a\uff9e\uff9f]?/gsu)) {
    const kept = fold(character)
    for (let i = 0; i < kept.length; i++) {
      places.push(at)
      ends.push(at + character.length)
    }
    plain += kept
    at += character.length
  }
  places.push(at)
  return { plain, places, ends }
}

/** @param {string} character */
function fold(character) {
  if (/\s/.test(character)) return " "
  const bare = character.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFKC").toLowerCase()
  return bare.replace(/[\u30a1-\u30f6]/g, kana => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}
