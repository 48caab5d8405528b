// What was measured, judged: how it stands, and the code of the words that say so and what to do.

/** @typedef {"waiting" | "running" | "asking" | "good" | "warning" | "bad" | "skipped"} State */

/**
 * @typedef {object} Verdict
 * @property {State} state
 * @property {string} code
 * @property {Record<string, string | number>} [values] for the words
 * @property {import("../wire.js").Trouble} [trouble] a notice, whose words say it
 * @property {import("../wire.js").Trouble["progress"]} [progress] of the engine that is being loaded
 */

/** Louder than this an echo drowns people out; fainter, nothing is to be heard of it. */
const LOUD_DB = -15
const QUIET_DB = -40
const SLOW_MS = { warning: 200, bad: 500 }
const UNEVEN_MS = { warning: 100, bad: 300 }

/** @type {Record<import("./voice-level.js").VoiceCode, State>} */
const VOICE_STATES = {
  good: "good", dead: "bad", silent: "bad", nobody: "warning", noisy: "warning", faint: "warning", clipped: "warning"
}

/** @param {string | null} code what makes a call impossible @returns {Verdict} */
export function pageVerdict(code) {
  return code ? troubleVerdict({ code }) : { state: "good", code: "good" }
}

/**
 * @param {{code: import("./voice-level.js").VoiceCode, loudness: number}} voice
 * @param {string} name of the microphone
 * @returns {Verdict}
 */
export function voiceVerdict({ code, loudness }, name) {
  return { state: VOICE_STATES[code], code, values: { name, level: decibels(loudness) } }
}

/**
 * @param {import("./echo.js").Echo} echo
 * @param {boolean} shielded nothing is sent up while the assistant is heard
 * @returns {Verdict}
 */
export function echoVerdict({ found, gainDb, delayMs }, shielded) {
  const values = { level: decibels(gainDb), delay: whole(delayMs) }
  if (!found || gainDb < QUIET_DB) return { state: "good", code: "none" }
  if (gainDb < LOUD_DB) return { state: "good", code: "quiet", values }
  return shielded ? { state: "good", code: "shielded", values } : { state: "warning", code: "loud", values }
}

/** @param {import("./round-trip.js").RoundTrip} trip @returns {Verdict} */
export function networkVerdict({ median, spread }) {
  const values = { median: whole(median), spread: whole(spread) }
  const [slow, uneven] = [grade(median, SLOW_MS), grade(spread, UNEVEN_MS)]
  if (slow === "good" && uneven === "good") return { state: "good", code: "good", values }
  const code = slow === "bad" || uneven === "good" ? "slow" : "uneven"
  return { state: slow === "bad" || uneven === "bad" ? "bad" : "warning", code, values }
}

/** @param {import("../wire.js").Trouble | null} trouble @returns {Verdict} */
export function serviceVerdict(trouble) {
  if (!trouble) return { state: "good", code: "good" }
  // Nobody tries again by itself, as in a call.
  return trouble.code === "connection_lost" ? { state: "bad", code: "unreachable" } : troubleVerdict(trouble)
}

/** The gravest of all, for the summary. @param {Iterable<Verdict>} verdicts @returns {State} */
export function worst(verdicts) {
  const states = [...verdicts].map(({ state }) => state)
  return /** @type {State[]} */ (["running", "asking", "bad", "warning", "skipped"])
    .find(state => states.includes(state)) ?? "good"
}

/** @param {import("../wire.js").Trouble} trouble @returns {Verdict} */
function troubleVerdict(trouble) {
  return { state: "bad", code: trouble.code, trouble }
}

/** With a minus as it is printed. @param {number} value */
function decibels(value) {
  return String(whole(value)).replace("-", "−")
}

/** Never a zero with a minus. @param {number} value */
function whole(value) {
  return Math.round(value) || 0
}

/** @param {number} value @param {{warning: number, bad: number}} limits @returns {"good" | "warning" | "bad"} */
function grade(value, { warning, bad }) {
  return value >= bad ? "bad" : value >= warning ? "warning" : "good"
}
