// How well a person is heard: blocks of 20 ms, each so loud, of which the quiet ones are the room and the loud ones the
// voice. All levels are in decibels of full scale.

const SILENT_DB = -66
/** A voice stands out of the room by so much, and is never fainter than this. */
const STANDS_OUT_DB = 9
const FAINTEST_VOICE_DB = -55
const FAINT_DB = -45
const NOISE_DB = -45
/** A voice nearer than this to a loud room is hard to follow. */
const CLEAR_DB = 12
/**
 * A block with so many samples at the stop is cut off; an automatic level, which seeks its limit, does that now and
 * then.
 */
const CLIPPED = { sample: 0.985, samples: 3, share: 0.25 }
const ENOUGH = { voiceMs: 800, ms: 1500 }
const MIN_VOICE_MS = 200
const QUIET_MS = 400

/** @typedef {"good" | "dead" | "silent" | "nobody" | "noisy" | "faint" | "clipped"} VoiceCode */

export class VoiceLevel {
  /** @type {number[]} */
  levels = []
  peak = 0
  ms = 0
  clipped = 0
  /** Since the voice was last heard. */
  quietMs = 0

  /**
   * @param {Float32Array} samples
   * @param {number} ms
   */
  hear(samples, ms) {
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    const peak = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0)
    this.levels.push(10 * Math.log10(power + 1e-12))
    this.peak = Math.max(this.peak, peak)
    this.clipped += Number(samples.filter(sample => Math.abs(sample) >= CLIPPED.sample).length >= CLIPPED.samples)
    this.ms += ms
    this.quietMs = /** @type {number} */ (this.levels.at(-1)) < this.#min ? this.quietMs + ms : 0
    return peak
  }

  /** Nobody has to go on talking. */
  get enough() {
    return this.ms >= ENOUGH.ms && this.#voiceMs >= ENOUGH.voiceMs
  }

  /** @returns {VoiceCode} */
  get code() {
    if (this.peak === 0) return "dead"
    if (20 * Math.log10(this.peak) < SILENT_DB) return "silent"
    return this.#voiceMs < MIN_VOICE_MS ? this.#roomCode : this.#voiceCode
  }

  /** The person has stopped speaking. */
  get quiet() {
    return this.quietMs >= QUIET_MS
  }

  /** Of the voice, by its louder half. */
  get loudness() {
    const voice = this.#voice
    return voice.length ? share(voice, 0.75) : share(this.levels, 0.9)
  }

  /** @returns {VoiceCode} */
  get #roomCode() {
    return this.#floor > NOISE_DB ? "noisy" : "nobody"
  }

  /** @returns {VoiceCode} */
  get #voiceCode() {
    if (this.clipped > CLIPPED.share * this.#voice.length) return "clipped"
    if (this.loudness < FAINT_DB) return "faint"
    return this.#floor > NOISE_DB && this.loudness - this.#floor < CLEAR_DB ? "noisy" : "good"
  }

  /** The room's own. */
  get #floor() {
    return share(this.levels, 0.1)
  }

  /** What is louder than this is the voice. */
  get #min() {
    return Math.max(this.#floor + STANDS_OUT_DB, FAINTEST_VOICE_DB)
  }

  get #voice() {
    const min = this.#min
    return this.levels.filter(level => level >= min)
  }

  get #voiceMs() {
    return this.levels.length ? this.#voice.length * this.ms / this.levels.length : 0
  }
}

/** The value below which such a part of all lies. @param {number[]} values @param {number} part */
function share(values, part) {
  return [...values].sort((a, b) => a - b)[Math.floor(part * values.length)] ?? -120
}
