// A stretch of what the microphone heard, each block at its time.

import { Resampler } from "../audio/resampler.js"

export class Recording {
  /**
   * @param {number} from in seconds of the context's clock
   * @param {number} seconds
   * @param {number} rate
   */
  constructor(from, seconds, rate) {
    this.from = from
    this.rate = rate
    this.samples = new Float32Array(Math.round(seconds * rate))
    this.full = false
    this.empty = true
  }

  /**
   * What lies outside is left out.
   * @param {number} at
   * @param {Float32Array} samples
   */
  add(at, samples) {
    const start = Math.round((at - this.from) * this.rate)
    const within = samples.subarray(Math.max(0, -start), Math.max(0, this.samples.length - start))
    if (within.length) this.samples.set(within, Math.max(0, start))
    this.empty &&= !within.length
    this.full ||= start + samples.length >= this.samples.length
  }

  /** @param {number} rate */
  at(rate) {
    const resampler = new Resampler(this.rate, rate)
    const out = new Float32Array(Math.floor(this.samples.length * rate / this.rate))
    resampler.feed(this.samples)
    resampler.finish()
    resampler.read(out, 0, out.length)
    return out
  }
}
