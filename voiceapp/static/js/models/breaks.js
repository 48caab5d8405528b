// What stands between two entries of a talk: that from here on it goes on in another way, or that something is missing.

const DAY_MS = 86_400_000

/**
 * @typedef {"call" | "past" | "goes_on" | "again" | "expiring" | "lost" | "moved" | "missed"} BreakKind
 *   `call`: a call of its own begins; `past`: an earlier talk stands below; `goes_on`: a new call goes on with it;
 *   `again`: one goes on with a call that was lost; `expiring`, `lost`: another session goes on; `moved`: another
 *   server does; `missed`: something is gone for good
 */
/** @typedef {{kind: BreakKind, at?: number, of?: number}} Break `at`, `of` which talk: in unix milliseconds */

/** @typedef {{say: (key: string, values?: Record<string, string>) => string, language: string}} Words */

/** @param {Break} one @param {Words} words */
function breakText({ kind, at, of }, words) {
  return words.say(`transcript.break.${kind}`, of === undefined ? {} : { date: dayOf(of, at ?? of, words.language) })
}

/**
 * What is said, and when it was, where that is known.
 * @param {Break} one
 * @param {Words} words
 * @param {(at: number) => string} [when] unless told, with the day, for whoever reads it later
 */
export function breakParts(one, words, when = at => dayAndTime(at, words.language)) {
  return [breakText(one, words), ...one.at === undefined ? [] : [when(one.at)]]
}

/** Both in a line. @param {Parameters<typeof breakParts>} all */
export function breakLine(...all) {
  return breakParts(...all).join(" · ")
}

/** @param {number} at @param {string} language */
function dayAndTime(at, language) {
  return new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })
}

/**
 * As one says it at a time: with the hour where it was on the same day, with the year where that was long ago.
 * @param {number} of
 * @param {number} at
 * @param {string} language
 */
function dayOf(of, at, language) {
  const date = new Date(of)
  if (date.toDateString() === new Date(at).toDateString())
    return date.toLocaleTimeString(language, { timeStyle: "short" })
  const old = at - of > 300 * DAY_MS
  return date.toLocaleDateString(language, { day: "numeric", month: "long", ...old ? { year: "numeric" } : {} })
}
