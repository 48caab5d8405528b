// The sound of one item: PCM16 chunks as they came, read as samples at the device's rate, counted as they are played.

import { SAMPLE_RATE, msOf, toFloat } from "./pcm.js"
import { Resampler } from "./resampler.js"

export class Track {
  /**
   * @param {string} item
   * @param {number} rate the device's
   * @param {number} [before] milliseconds of it that were played before, and do not come again
   */
  constructor(item, rate, before = 0) {
    this.item = item
    this.rate = rate
    this.before = before
    this.resampler = new Resampler(SAMPLE_RATE, rate)
    /** @type {Int16Array[]} */
    this.chunks = []
    this.received = 0
    this.waiting = 0
    this.frames = 0
    this.complete = false
    this.started = false
  }

  /** @param {Int16Array} pcm */
  append(pcm) {
    this.chunks.push(pcm)
    this.received += pcm.length
    this.waiting += pcm.length
  }

  get waitingMs() {
    return msOf(this.waiting)
  }

  get playedMs() {
    return this.before + Math.min(this.frames * 1000 / this.rate, msOf(this.received))
  }

  get finished() {
    return this.complete && this.waiting === 0 && this.resampler.finished
  }

  /**
   * Reads up to `count` frames and counts them as played.
   * @param {Float32Array} output
   * @param {number} offset
   * @param {number} count
   */
  play(output, offset, count) {
    const frames = this.read(output, offset, count)
    this.frames += frames
    return frames
  }

  /**
   * @param {Float32Array} output
   * @param {number} offset
   * @param {number} count
   */
  read(output, offset, count) {
    while (this.chunks.length && this.resampler.missing(count) > 0)
      this.#feed(/** @type {Int16Array} */ (this.chunks.shift()))
    if (this.complete && !this.chunks.length) this.resampler.finish()
    return this.resampler.read(output, offset, count)
  }

  /**
   * No more of a long chunk than is needed soon: the audio thread must not be held up by ten seconds at once.
   * @param {Int16Array} chunk
   */
  #feed(chunk) {
    const now = chunk.length > 1024 ? chunk.subarray(0, 512) : chunk
    if (now !== chunk) this.chunks.unshift(chunk.subarray(512))
    this.waiting -= now.length
    this.resampler.feed(Float32Array.from(now, toFloat))
  }
}
