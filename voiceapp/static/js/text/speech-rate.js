// How long it takes to say a text. The server cuts by the same numbers (voiceapp/conversation/playback.py).

/** Letters of an alphabet, spaces and punctuation: milliseconds each. */
const DEFAULT_MS = 60
/**
 * First and last code point, and milliseconds for each character between: sorted, and a test compares them with the
 * server's.
 */
export const RATES = /** @type {const} */ ([
  [0x0030, 0x0039, 200], // digits
  [0x0590, 0x08ff, 90], // Hebrew, Arabic: few vowels are written
  [0x0900, 0x109f, 110], // India's, Thai, Lao, Tibetan, Burmese
  [0x1780, 0x17ff, 110], // Khmer
  [0x2600, 0x27bf, 0], // signs that nobody reads aloud
  [0x2e80, 0x2fdf, 200], // Han
  [0x3000, 0x312f, 150], // wide punctuation, kana, bopomofo
  [0x3400, 0x9fff, 200], // Han
  [0xac00, 0xd7a3, 150], // Hangul
  [0xf900, 0xfaff, 200], // Han
  [0xfb1d, 0xfdff, 90], // Hebrew, Arabic
  [0xfe70, 0xfefc, 90], // Arabic
  [0xff01, 0xff9d, 150], // wide Latin and digits, narrow kana
  [0xff9e, 0xff9f, 0], // voicing marks of narrow kana
  [0xffa0, 0xffee, 150], // narrow Hangul, wide signs
  [0x1f000, 0x1faff, 0], // emoji
  [0x20000, 0x3ffff, 200] // Han
])
/** Marks belong to their letter, and nobody hears a control character. */
const UNHEARD = /[\p{M}\p{Cc}\p{Cf}]/u

/** Milliseconds. @param {string} text */
export function speechMs(text) {
  let ms = 0
  for (const character of text) ms += characterMs(character)
  return ms
}

/** @param {string} character one code point */
function characterMs(character) {
  const point = /** @type {number} */ (character.codePointAt(0))
  if (point > 0x7f && UNHEARD.test(character)) return 0
  const range = RATES.find(([, last]) => point <= last)
  return range && point >= range[0] ? range[2] : DEFAULT_MS
}
