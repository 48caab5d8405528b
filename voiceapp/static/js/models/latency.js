// How long each answer took, from the end of the person's speech until it was heard: joins what the server measured
// (docs/wire.md, `latency`) with what only the page can know. All in whole milliseconds.

import { decimal } from "./amounts.js"

const MAX = 50
/**
 * The latest round trips, of which the middle one counts: acknowledgements come five times a second while one speaks.
 */
const TRIPS = 9

/**
 * @typedef {object} Latency of one answer
 * @property {string} item
 * @property {number | null} waitMs from the end of the speech until the server took the turn; 0 for typed text and a
 *   key let go; null where
 *   nobody can tell
 * @property {number} modelMs from there until our server had the first of the answer's sound
 * @property {number} createdMs of these, until the response began
 * @property {number | null} networkMs between page and server: a round trip, and what the sound came later than that;
 *   null where not known
 * @property {number} playbackMs from the sound's arrival until its first sample was played
 * @property {number} firstSoundMs the sum: from the end of the speech until the first sample; where `waitMs` is null,
 *   from the taking of the turn
 * @property {number} generatedMs from the taking of the turn until our server had the whole answer
 * @property {number | null} doneMs as `firstSoundMs`, until the answer was heard to its end; null until then, and for
 *   one that was cut
 */

/**
 * @typedef {object} Halves what is known of an answer so far; moments are of the page's clock
 * @property {import("../wire.js").Answered | null} server
 * @property {number} arrivedAt the first of its sound
 * @property {number} sinceTakenMs then, since the page was told that the turn was taken
 * @property {number | null} tripMs
 * @property {number | null} startedAt
 * @property {number | null} endedAt
 * @property {Latency | null} latency
 */

export class LatencyTracker {
  /** @type {Latency[]} the last answers, oldest first */
  last = []
  /** @type {number[]} */
  trips = []
  /** @type {number | null} */
  takenAt = null
  /** @type {Map<string, Halves>} by item, of this call */
  halves = new Map()

  /**
   * @param {() => number} now milliseconds
   * @param {{latencyMeasured: (latency: Latency) => void}} delegate told once the first sound and the server's half are
   *   there, and at the end
   */
  constructor(now, delegate) {
    this.now = now
    this.delegate = delegate
  }

  callBegan() {
    this.trips = []
    this.takenAt = null
    this.halves.clear()
  }

  /** @param {number} ms */
  tripMeasured(ms) {
    this.trips = [...this.trips, ms].slice(-TRIPS)
  }

  /** @param {import("../wire.js").TurnState} turn */
  turnChanged(turn) {
    if (turn === "thinking") this.takenAt = this.now()
  }

  /** Any of its sound. @param {string} item */
  soundArrived(item) {
    const halves = this.#of(item)
    if (halves.arrivedAt) return
    halves.arrivedAt = this.now()
    halves.sinceTakenMs = this.takenAt === null ? 0 : halves.arrivedAt - this.takenAt
    halves.tripMs = this.trips.toSorted((a, b) => a - b)[this.trips.length >> 1] ?? null
  }

  /** @param {string} item */
  playbackStarted(item) {
    this.#of(item).startedAt ??= this.now()
    this.#join(item)
  }

  /** @param {string} item */
  playbackEnded(item) {
    this.#of(item).endedAt ??= this.now()
    this.#join(item)
  }

  /** @param {import("../wire.js").Answered} answered */
  answered(answered) {
    this.#of(answered.item).server = answered
    this.#join(answered.item)
  }

  /** @param {string} item @returns {Halves} */
  #of(item) {
    const known = this.halves.get(item)
      ?? { server: null, arrivedAt: 0, sinceTakenMs: 0, tripMs: null, startedAt: null, endedAt: null, latency: null }
    this.halves.set(item, known)
    return known
  }

  /** @param {string} item */
  #join(item) {
    const halves = this.#of(item)
    if (!halves.server || halves.startedAt === null) return
    const before = halves.latency
    halves.latency = joined(halves.server, halves, halves.startedAt)
    this.last = [...this.last.filter(latency => latency !== before), halves.latency].slice(-MAX)
    this.delegate.latencyMeasured(halves.latency)
  }
}

/**
 * @param {import("../wire.js").Answered} server
 * @param {Halves} halves
 * @param {number} startedAt
 * @returns {Latency}
 */
function joined(
  { item, wait_ms: waitMs, created_ms: createdMs, first_byte_ms: modelMs, done_ms: generatedMs },
  { arrivedAt, sinceTakenMs, tripMs, endedAt }, startedAt
) {
  const networkMs = tripMs === null ? null : Math.round(tripMs + Math.max(0, sinceTakenMs - modelMs))
  const playbackMs = Math.round(startedAt - arrivedAt)
  const firstSoundMs = (waitMs ?? 0) + modelMs + (networkMs ?? 0) + playbackMs
  const doneMs = endedAt === null ? null : Math.round(firstSoundMs + endedAt - startedAt)
  return { item, waitMs, modelMs, createdMs, networkMs, playbackMs, firstSoundMs, generatedMs, doneMs }
}

/** @typedef {{say: (key: string, values?: Record<string, string>) => string, language: string}} Words */
/** @typedef {{name: string, s: string, share: number}} Part in words, in seconds, and how much of the whole it is */

/**
 * In words: the whole in short and in full, then its parts. What is shown of these adds up to what is shown in full.
 * @param {Latency} latency
 * @param {Words} words
 * @returns {{short: string, whole: string, parts: Part[]}}
 */
export function told({ waitMs, modelMs, networkMs, playbackMs, firstSoundMs }, words) {
  const seconds = (/** @type {number} */ s, digits = 2) =>
    words.say("latency.seconds", { s: decimal(s, digits, words.language) })
  const all = Math.round(firstSoundMs / 10)
  const known = {
    "latency.wait": waitMs || null, "latency.model": modelMs, "latency.network": networkMs,
    "latency.playback": playbackMs
  }
  let ms = 0
  const parts = Object.entries(known).flatMap(([key, part]) => {
    const from = Math.round(ms / 10)
    ms += part ?? 0
    const hundredths = Math.round(ms / 10) - from
    return part === null ? [] : [{ name: words.say(key), s: seconds(hundredths / 100), share: hundredths / (all || 1) }]
  })
  const whole = words.say(beginning(waitMs), { s: seconds(all / 100) })
  return { short: seconds(Math.max(0.1, firstSoundMs / 1000), 1), whole, parts }
}

/** From when the whole counts. @param {number | null} waitMs */
function beginning(waitMs) {
  if (waitMs === null) return "latency.after_pause"
  return waitMs ? "latency.first_sound" : "latency.sent"
}

/** In a line, for a file. @param {Latency} latency @param {Words} words */
export function said(latency, words) {
  const { whole, parts } = told(latency, words)
  return [whole, ...parts.map(({ name, s }) => `${name} ${s}`)]
}
