// Text of people inside a line of another direction: what has letters of the other direction is set apart by Unicode's
// isolates, so that its full stop stays at its end and the line around it in order. On the page `dir="auto"` does it.

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const LEFT_TO_RIGHT = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])\p{L}/u
const FIRST_STRONG_ISOLATE = "\u2068"
const POP_ISOLATE = "\u2069"

/** @typedef {"ltr" | "rtl"} Direction */

/**
 * An isolate ends with its line, so each line has its own.
 * @param {string} text
 * @param {Direction} [around] of the line in which it stands
 */
export function isolated(text, around = "ltr") {
  const other = around === "rtl" ? LEFT_TO_RIGHT : RIGHT_TO_LEFT
  if (!other.test(text)) return text
  return text.replace(/[^\r\n]+/g, line => other.test(line) ? `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}` : line)
}
