// Any sample rate to any other, as a stream: a polyphase low-pass (Kaiser window) that neither aliases nor images.

const STOPBAND_DB = 80
/** The transition from pass to stop, as a share of the lower Nyquist frequency; it ends at that frequency. */
const TRANSITION = 0.125
const MAX_ROWS = 512
const BETA = 0.1102 * (STOPBAND_DB - 8.7)

export class Resampler {
  phase = 0
  fed = 0
  produced = 0
  limit = Infinity

  /**
   * @param {number} from
   * @param {number} to
   */
  constructor(from, to) {
    const divisor = greatestCommonDivisor(from, to)
    this.up = to / divisor
    this.down = from / divisor
    this.rows = Math.min(this.up, MAX_ROWS)
    this.taps = from === to ? 1 : tapsFor(from, to)
    this.before = (this.taps - 1) >> 1
    this.table = from === to ? new Float32Array([1]) : this.#design(from, to)
    this.input = new Float32Array(this.taps + 4096)
    this.end = this.index = this.before
  }

  /** @param {Float32Array} samples */
  feed(samples) {
    this.#makeRoom(samples.length)
    this.input.set(samples, this.end)
    this.end += samples.length
    this.fed += samples.length
  }

  /** Nothing more comes: what the filter still holds becomes readable, and no sample beyond it. */
  finish() {
    if (this.limit < Infinity) return
    this.limit = Math.ceil(this.fed * this.up / this.down)
    this.#makeRoom(this.taps)
    this.input.fill(0, this.end, this.end + this.taps)
    this.end += this.taps
  }

  get finished() {
    return this.produced >= this.limit
  }

  /**
   * How many input samples must still be fed before `count` more can be read.
   * @param {number} count
   */
  missing(count) {
    const last = this.index + Math.floor((this.phase + (count - 1) * this.down) / this.up)
    return Math.max(0, last + this.taps - this.before - this.end + (this.rows < this.up ? 1 : 0))
  }

  /**
   * Writes up to `count` samples, and says how many.
   * @param {Float32Array} output
   * @param {number} offset
   * @param {number} count
   */
  read(output, offset, count) {
    let written = 0
    while (written < count && this.produced < this.limit && this.missing(1) === 0) {
      output[offset + written++] = this.#next()
    }
    return written
  }

  #next() {
    const row = Math.round(this.phase * this.rows / this.up)
    const value = row === this.rows ? this.#convolve(this.index + 1, 0) : this.#convolve(this.index, row)
    this.phase += this.down
    this.index += Math.floor(this.phase / this.up)
    this.phase %= this.up
    this.produced++
    return value
  }

  /**
   * @param {number} index
   * @param {number} row
   */
  #convolve(index, row) {
    const { input, table, taps } = this
    let sum = 0
    for (let tap = 0, at = index - this.before, weight = row * taps; tap < taps; tap++)
      sum += input[at++] * table[weight++]
    return sum
  }

  /** @param {number} count */
  #makeRoom(count) {
    if (this.end + count <= this.input.length) return
    const keep = this.index - this.before
    const size = Math.max(this.input.length, 2 * (this.end - keep + count))
    const moved = size > this.input.length ? new Float32Array(size) : this.input
    moved.set(this.input.subarray(keep, this.end))
    this.input = moved
    this.index -= keep
    this.end -= keep
  }

  /**
   * One row of weights for each position between two input samples, each row with a gain of exactly one.
   * @param {number} from
   * @param {number} to
   */
  #design(from, to) {
    const cutoff = (1 - TRANSITION / 2) * Math.min(from, to) / from
    const table = new Float32Array(this.rows * this.taps)
    for (let row = 0; row < this.rows; row++)
      this.#designRow(table.subarray(row * this.taps, (row + 1) * this.taps), row, cutoff)
    return table
  }

  /**
   * @param {Float32Array} weights
   * @param {number} row
   * @param {number} cutoff
   */
  #designRow(weights, row, cutoff) {
    const distance = (/** @type {number} */ tap) => tap - this.before - row / this.rows
    const exact = Array.from(
      weights, (_, tap) => sinc(cutoff * distance(tap)) * kaiser(distance(tap) / (this.taps / 2))
    )
    const gain = exact.reduce((sum, weight) => sum + weight, 0)
    exact.forEach((weight, tap) => { weights[tap] = weight / gain })
  }
}

/**
 * @param {number} from
 * @param {number} to
 */
function tapsFor(from, to) {
  const width = TRANSITION * Math.min(from, to) / 2 / from
  return 2 * Math.ceil((STOPBAND_DB - 8) / (2.285 * 2 * Math.PI * width) / 2)
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** @param {number} x from -1 to 1 */
function kaiser(x) {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA)
}

/** The modified Bessel function of order zero, by its series. @param {number} x */
function bessel(x) {
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
