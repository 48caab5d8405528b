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
  if (at >= text.length) return text.length
  let end = 0
  for (const piece of graphemes(text)) {
    if (end + piece.length > at) break
    end += piece.length
  }
  return end
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
