// While the assistant is heard over loudspeakers: is what the microphone hears a person, or the assistant's own echo?
// A person is louder than the echo that is to be expected, and for longer than a click or a cough.

import { EchoPath } from "./echo-path.js"

const FRAME_S = 0.01
const AUDIBLE_DB = -60
/** How long an echo may still come after the last of the playback: the way through device and room. */
const ECHO_MS = 400
const MARGIN = { echo: 3.5, noise: 9 }
const FAINTEST_DB = -55
const FLOOR = { least: -80, rise: 0.05, start: -60 }
const SUSPECT_MS = 50
const VOICE_MS = 120
/** A voice that was judged one may pause for so long. */
const PAUSE_MS = 500
/** Of the playback, heard by the microphone: with echo cancellation, and without. */
const FIRST_GAIN_DB = { cancelled: -15, plain: -6 }

/** @typedef {"idle" | "guarding" | "suspected" | "voice"} Judgement idle: nothing to guard against */

export class EchoGuard {
  /** @type {Judgement} */
  judgement = "idle"
  floor = FLOOR.start
  evidenceMs = 0
  pausedMs = Infinity
  sinceAudibleMs = Infinity

  /**
   * @param {number} rate of the device
   * @param {{cancelled: boolean}} path whether the browser cancels echo
   */
  constructor(rate, { cancelled }) {
    this.path = new EchoPath(cancelled ? FIRST_GAIN_DB.cancelled : FIRST_GAIN_DB.plain)
    this.wanted = Math.round(FRAME_S * rate)
    this.frameMs = 1000 * this.wanted / rate
    this.counted = this.microphonePower = this.playbackPower = 0
  }

  /**
   * The same moment of both. Says whether the judgement changed.
   * @param {Float32Array} microphone
   * @param {Float32Array | undefined} playback none while nothing is connected
   */
  hear(microphone, playback) {
    const before = this.judgement
    for (let i = 0; i < microphone.length; i++) {
      this.microphonePower += microphone[i] ** 2
      this.playbackPower += playback ? playback[i] ** 2 : 0
      if (++this.counted === this.wanted) this.#frame()
    }
    return this.judgement !== before
  }

  #frame() {
    const [microphone, playback] = [decibels(this.microphonePower / this.counted), decibels(this.playbackPower / this.counted)]
    this.counted = this.microphonePower = this.playbackPower = 0
    this.path.add(microphone, playback, this.floor)
    this.sinceAudibleMs = playback > AUDIBLE_DB ? 0 : this.sinceAudibleMs + this.frameMs
    this.#weigh(microphone)
    this.judgement = this.#judge()
  }

  /** @param {number} level */
  #weigh(level) {
    this.floor = Math.max(FLOOR.least, Math.min(level, this.floor + FLOOR.rise))
    const voiced = level > Math.max(FAINTEST_DB, this.floor + MARGIN.noise, this.path.expected + MARGIN.echo)
    this.evidenceMs = voiced ? Math.min(VOICE_MS, this.evidenceMs + this.frameMs) : Math.max(0, this.evidenceMs - this.frameMs / 2)
    this.pausedMs = this.evidenceMs >= VOICE_MS - this.frameMs / 2 ? 0 : voiced && this.pausedMs < PAUSE_MS ? 0 : this.pausedMs + this.frameMs
  }

  /** @returns {Judgement} */
  #judge() {
    if (this.sinceAudibleMs > ECHO_MS) return "idle"
    if (this.pausedMs < PAUSE_MS) return "voice"
    return this.evidenceMs >= SUSPECT_MS ? "suspected" : "guarding"
  }
}

/** @param {number} power */
function decibels(power) {
  return 10 * Math.log10(power + 1e-12)
}
