// How much of an answer's text has been heard: the text comes faster than the sound, and shows in step with the sound.

/** Speech while its length is not yet known: milliseconds for each character. */
const CHARACTER_MS = { wide: 150, narrow: 62 }
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u

/** @typedef {{soundMs: number, heardMs: number, complete: boolean, over: boolean, most: number}} Pace */

export class CaptionPace {
  /** @type {Map<string, Pace>} */
  paces = new Map()

  reset() {
    this.paces.clear()
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  soundArrived(item, ms) {
    this.#of(item).soundMs += ms
  }

  /** @param {string} item */
  soundCompleted(item) {
    this.#of(item).complete = true
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  heard(item, ms) {
    this.#of(item).heardMs = ms
  }

  /** Played to its end. @param {string} item */
  ended(item) {
    this.#of(item).over = true
  }

  /** Nobody speaks and nothing is due: what has no sound by now will have none. */
  turnEnded() {
    for (const pace of this.paces.values()) pace.over ||= pace.soundMs === 0
  }

  /** Whether what is shown will not change. @param {import("./transcript.js").Entry} entry */
  settled(entry) {
    return entry.heard !== null || (entry.final && (!this.#paced(entry) || this.#of(entry.id).over))
  }

  /**
   * How many characters of the text to show. Never fewer than before.
   * @param {import("./transcript.js").Entry} entry
   */
  shown(entry) {
    const pace = this.#of(entry.id)
    if (!this.#paced(entry) || pace.over) return entry.text.length
    pace.most = Math.max(pace.most, wordEnd(entry.text, entry.text.length * this.#share(pace, entry.text)))
    return pace.most
  }

  /** @param {import("./transcript.js").Entry} entry */
  #paced({ heard, role, kind }) {
    return heard === null && role === "assistant" && kind === "audio"
  }

  /**
   * @param {Pace} pace
   * @param {string} text
   */
  #share(pace, text) {
    const guess = text.length * (WIDE.test(text) ? CHARACTER_MS.wide : CHARACTER_MS.narrow)
    const whole = pace.complete ? pace.soundMs : Math.max(pace.soundMs, guess)
    return whole > 0 ? Math.min(1, pace.heardMs / whole) : 0
  }

  /** @param {string} item */
  #of(item) {
    if (!this.paces.has(item)) this.paces.set(item, { soundMs: 0, heardMs: 0, complete: false, over: false, most: 0 })
    return /** @type {Pace} */ (this.paces.get(item))
  }
}

/**
 * The end of the word that is being spoken.
 * @param {string} text
 * @param {number} position
 */
function wordEnd(text, position) {
  const at = Math.floor(position)
  if (at <= 0 || WIDE.test(text.charAt(at))) return Math.max(0, at)
  const space = text.slice(at).search(/\s/u)
  return space < 0 ? text.length : at + space
}
