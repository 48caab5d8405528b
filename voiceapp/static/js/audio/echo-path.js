// How loud the assistant's own sound comes back into the microphone, and how late: both levels are watched, ten
// milliseconds at a time, and the echo that is to be expected now is told. All levels are in decibels.

const SILENCE_DB = -90
/** Quieter than this, playback makes no echo worth watching. */
const PLAYING_DB = -50
/** In frames. */
const LONGEST_DELAY = 40
const UNKNOWN_REACH = 30
const LEAST_REACH = 6
const WINDOW = 120
const EVERY = 10
/** How closely the microphone must follow the playback for its level to be taken as echo. */
const FOLLOWS = 0.65
/** A room lets sound die away by 60 dB in about 0.4 seconds. */
const DECAY_DB = 1.5
const GAIN = { least: -60, most: 6, raise: 0.45, raiseFar: 0.1, lower: 0.05, lowerAlone: 0.03 }
const FAR_DB = 8

export class EchoPath {
  frames = 0
  /** In frames; null until it is known. @type {number | null} */
  delay = null
  /** How closely the microphone followed the playback of late: 0 to 1. */
  likeness = 0
  smeared = SILENCE_DB
  microphone = new Float32Array(WINDOW + LONGEST_DELAY + 1).fill(SILENCE_DB)
  playback = new Float32Array(WINDOW + LONGEST_DELAY + 1).fill(SILENCE_DB)

  /** @param {number} gain a first guess */
  constructor(gain) {
    this.gain = gain
  }

  /**
   * One frame of both.
   * @param {number} microphone
   * @param {number} playback
   * @param {number} floor the level of the microphone's own noise
   */
  add(microphone, playback, floor) {
    push(this.microphone, Math.max(SILENCE_DB, microphone))
    push(this.playback, Math.max(SILENCE_DB, playback))
    this.smeared = Math.max(this.#arriving, this.smeared - DECAY_DB)
    if (++this.frames % EVERY === 0) this.#compare()
    if (this.smeared > PLAYING_DB) this.#learn(microphone - this.smeared, microphone > floor + 6)
  }

  /** The level of the echo that is to be expected now. */
  get expected() {
    return this.smeared + this.gain
  }

  /** The loudest of what may be in the room by now: back to the known delay and a little more, or well back. */
  get #arriving() {
    const reach = this.delay === null ? UNKNOWN_REACH : Math.max(LEAST_REACH, this.delay + 2)
    return Math.max(...this.playback.subarray(-1 - reach))
  }

  /** @param {number} ratio @param {boolean} heard */
  #learn(ratio, heard) {
    const { raise, raiseFar, lower, lowerAlone } = GAIN
    const follows = this.likeness > FOLLOWS
    if (ratio > this.gain && follows && heard) this.gain += ratio > this.gain + FAR_DB ? raiseFar : raise
    else if (ratio < this.gain) this.gain -= follows ? lower : lowerAlone
    this.gain = Math.min(GAIN.most, Math.max(GAIN.least, this.gain))
  }

  /** The delay at which the microphone follows the playback most closely. */
  #compare() {
    const delays = Array.from({ length: LONGEST_DELAY + 1 }, (_, delay) => this.#likenessAt(delay))
    this.likeness = Math.max(...delays)
    if (this.likeness > FOLLOWS) this.delay = delays.indexOf(this.likeness)
  }

  /** @param {number} delay */
  #likenessAt(delay) {
    const from = LONGEST_DELAY + 1 - delay
    return correlation(this.microphone.subarray(LONGEST_DELAY + 1), this.playback.subarray(from, from + WINDOW))
  }
}

/** @param {Float32Array} history @param {number} value */
function push(history, value) {
  history.copyWithin(0, 1)
  history[history.length - 1] = value
}

/** @param {Float32Array} a @param {Float32Array} b */
function correlation(a, b) {
  const means = [mean(a), mean(b)]
  let both = 0, first = 0, second = 0
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] - means[0], b[i] - means[1]]
    both += x * y
    first += x * x
    second += y * y
  }
  // Where one of them stands still there is nothing to follow.
  return Math.min(first, second) < a.length ? 0 : both / Math.sqrt(first * second)
}

/** @param {Float32Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
