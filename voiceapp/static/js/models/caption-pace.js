// How much of an answer's text has been heard: the text comes faster than the sound, and shows in step with the sound.

import { floorGrapheme } from "../text/segments.js"
import { speechMs } from "../text/speech-rate.js"
import { portions } from "../text/spoken-text.js"

/**
 * @typedef {object} Pace
 * @property {number} soundMs of the item, as far as it came
 * @property {number} heardMs
 * @property {boolean} sounds its sound goes on, where the call was told anew
 * @property {boolean} complete there is no more sound of it
 * @property {boolean} over played to its end, or without sound for good
 * @property {string} text as it was last measured
 * @property {number} textMs how long it takes to say it
 * @property {number} shown characters
 * @property {number} shownMs how long it takes to say those
 */

export class CaptionPace {
  /** @type {Map<string, Pace>} */
  paces = new Map()
  /** Until the turn changes: what comes was said before, so it was heard unless its sound comes too. */
  retold = false

  reset() {
    this.paces.clear()
    this.retold = false
  }

  /** The call is told anew. @param {[string, number][]} before milliseconds heard of items whose sound goes on */
  restart(before) {
    this.reset()
    this.retold = true
    for (const [item, ms] of before) Object.assign(this.#of(item), { soundMs: ms, heardMs: ms, sounds: true })
  }

  /** It stands in the conversation, seen or not. @param {string} item */
  placed(item) {
    this.#of(item)
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  soundArrived(item, ms) {
    this.#of(item).soundMs += ms
  }

  /** The whole text of it came. @param {string} item */
  worded(item) {
    const pace = this.#of(item)
    if (this.retold && !pace.sounds && pace.soundMs === 0) pace.over = true
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
   * How many characters of the text to show: never fewer than before, never beyond the word that is being spoken.
   * @param {import("./transcript.js").Entry} entry
   */
  shown(entry) {
    const pace = this.#of(entry.id)
    if (!this.#paced(entry) || pace.over) return entry.text.length
    measure(pace, entry.text)
    advance(pace, entry.text, entry.final)
    return pace.shown
  }

  /** What of its text is seen, null where that is all. @param {import("./transcript.js").Entry} entry */
  seen(entry) {
    const shown = this.shown(entry)
    const whole = !this.#paced(entry) || this.#of(entry.id).over || (entry.final && shown >= entry.text.length)
    return whole ? null : entry.text.slice(0, shown)
  }

  /** @param {import("./transcript.js").Entry} entry */
  #paced({ heard, role, kind }) {
    return heard === null && role === "assistant" && kind === "audio"
  }

  /** @param {string} item */
  #of(item) {
    if (!this.paces.has(item)) this.paces.set(
      item, {
        soundMs: 0, heardMs: 0, sounds: false, complete: false, over: false, text: "", textMs: 0, shown: 0, shownMs: 0
      }
    )
    return /** @type {Pace} */ (this.paces.get(item))
  }
}

/**
 * What was added only, where it was only added to.
 * @param {Pace} pace
 * @param {string} text
 */
function measure(pace, text) {
  if (text === pace.text) return
  const grown = text.startsWith(pace.text)
  pace.textMs = grown ? pace.textMs + speechMs(text.slice(pace.text.length)) : speechMs(text)
  pace.text = text
  if (grown) return
  // In other words than before: as much of it stands as stood.
  pace.shown = floorGrapheme(text, pace.shown)
  pace.shownMs = speechMs(text.slice(0, pace.shown))
}

/** How much of the text, as time at the default pace, lies behind what is heard. @param {Pace} pace */
function spokenMs({ complete, soundMs, heardMs, textMs }) {
  const whole = complete ? soundMs : Math.max(soundMs, textMs)
  return whole > 0 ? textMs * Math.min(1, heardMs / whole) : 0
}

/**
 * Whatever has begun to be spoken.
 * @param {Pace} pace
 * @param {string} text
 * @param {boolean} final
 */
function advance(pace, text, final) {
  const spoken = spokenMs(pace)
  if (pace.heardMs <= 0 || pace.shown >= text.length) return
  for (const portion of portions(text.slice(pace.shown), final)) {
    if (pace.shownMs >= spoken && spoken < pace.textMs) return
    // What comes may yet make one character of it and the last.
    if (!final && pace.shown + portion.length >= text.length) return
    pace.shown += portion.length
    pace.shownMs += speechMs(portion)
  }
}
