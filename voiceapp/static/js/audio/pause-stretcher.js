// Where sound comes no faster than it is spoken, nothing is left over for a busy page. So pauses in the speech are held
// a little longer, until enough waits: the first word is not later for it, and no word is torn.

const QUIET = 0.01
const PAUSE_MS = 60
const STRETCH_MS = 60
/** Within this time a source that is faster than speech has shown it. */
const JUDGED_AFTER_MS = 400
/** A page is rarely busy for longer. */
const ENOUGH_MS = 360

export class PauseStretcher {
  quiet = 0
  left = 0

  /** @param {number} rate the device's */
  constructor(rate) {
    this.rate = rate
  }

  /**
   * Told each quantum that was played of a track; says whether a rest begins.
   * @param {Float32Array} output
   * @param {import("./track.js").Track} track
   */
  heard(output, track) {
    this.quiet = output.every(sample => Math.abs(sample) < QUIET) ? this.quiet + output.length : 0
    if (this.quiet < this.#frames(PAUSE_MS) || !wanting(track)) return false
    this.quiet = 0
    this.left = this.#frames(STRETCH_MS)
    return true
  }

  /** One quantum of silence, if there is a rest. @param {number} frames */
  take(frames) {
    this.left = Math.max(0, this.left - frames)
    return this.left > 0
  }

  over() {
    this.left = this.quiet = 0
  }

  /** @param {number} ms */
  #frames(ms) {
    return ms * this.rate / 1000
  }
}

/** @param {import("./track.js").Track} track */
function wanting({ complete, playedMs, waitingMs }) {
  return !complete && playedMs > JUDGED_AFTER_MS && waitingMs < ENOUGH_MS
}
