// Where a text may be cut, whatever its script: between what people see as one character, and between words. By the
// browser's own knowledge of scripts; a browser without it goes by code points.

const SEGMENTERS = typeof Intl.Segmenter === "function"
  ? {
      grapheme: new Intl.Segmenter(undefined, { granularity: "grapheme" }),
      word: new Intl.Segmenter(undefined, { granularity: "word" })
    }
  : null

/**
 * Characters as people see them, one after the other: whoever stops early pays for no more.
 * @param {string} text
 */
export function graphemes(text) {
  return SEGMENTERS ? pieces(SEGMENTERS.grapheme.segment(text)) : text[Symbol.iterator]()
}

/**
 * Words, and what stands between them.
 * @param {string} text
 */
export function words(text) {
  return SEGMENTERS ? pieces(SEGMENTERS.word.segment(text)) : text[Symbol.iterator]()
}

/** The end of the last whole character that ends at or before this place. @param {string} text @param {number} at */
export function floorGrapheme(text, at) {
  return at >= text.length ? text.length : pieceAt(text, Math.max(0, at)).index
}

/** The start of the first whole character at or behind this place. @param {string} text @param {number} at */
export function ceilGrapheme(text, at) {
  if (at >= text.length) return text.length
  const { index, segment } = pieceAt(text, at)
  return index === at ? at : index + segment.length
}

/**
 * Asked for by its place: to go through all the characters of a long text takes seconds in some scripts.
 * @param {string} text
 * @param {number} at a place in it
 * @returns {{index: number, segment: string}}
 */
function pieceAt(text, at) {
  if (SEGMENTERS) return /** @type {Intl.SegmentData} */ (SEGMENTERS.grapheme.segment(text).containing(at))
  const low = /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1] ?? "")
  return { index: low ? at - 1 : at, segment: String.fromCodePoint(text.codePointAt(low ? at - 1 : at) ?? 0) }
}

/** The first characters, at most so many, as people count them. @param {string} text @param {number} count */
export function firstGraphemes(text, count) {
  let end = 0
  for (const piece of graphemes(text)) {
    if (count-- <= 0) break
    end += piece.length
  }
  return text.slice(0, end)
}

/** @param {Iterable<Intl.SegmentData>} segments */
function* pieces(segments) {
  for (const { segment } of segments) yield segment
}
