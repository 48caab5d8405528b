// Cuts a stream of samples into PCM16 blocks of one length. Until it is opened it keeps only the latest moment, so that
// a word begun just before the call was live is not lost.

import { SAMPLE_RATE, toInt16 } from "./pcm.js"

const PRE_ROLL = 0.3 * SAMPLE_RATE
/** The wire takes no block under a millisecond. */
const SHORTEST = SAMPLE_RATE / 1000

export class BlockCollector {
  /** @param {(block: Int16Array<ArrayBuffer>) => void} deliver */
  constructor(deliver) {
    this.deliver = deliver
    this.length = 0
    this.recent = new Float32Array(PRE_ROLL)
    this.recentEnd = 0
    this.recentCount = 0
    this.block = new Int16Array(0)
    this.filled = 0
  }

  /** @param {number} length samples in a block */
  open(length) {
    if (this.length === length) return
    this.close()
    this.length = length
    this.#renew()
    this.#takeRecent()
  }

  /**
   * @param {Float32Array} samples
   * @param {number} count
   */
  push(samples, count) {
    for (let i = 0; i < count; i++) this.length ? this.#collect(samples[i]) : this.#remember(samples[i])
  }

  /** Delivers what is left of a block, and closes. */
  close() {
    if (this.filled >= SHORTEST) this.deliver(this.block.slice(0, this.filled))
    this.length = 0
    this.filled = 0
  }

  /** @param {number} sample */
  #collect(sample) {
    this.block[this.filled++] = toInt16(sample)
    if (this.filled < this.length) return
    const full = this.block
    this.#renew()
    this.deliver(full)
  }

  /** @param {number} sample */
  #remember(sample) {
    this.recent[this.recentEnd] = sample
    this.recentEnd = (this.recentEnd + 1) % PRE_ROLL
    this.recentCount = Math.min(PRE_ROLL, this.recentCount + 1)
  }

  #takeRecent() {
    const first = this.recentEnd - this.recentCount + PRE_ROLL
    for (let i = 0; i < this.recentCount; i++) this.#collect(this.recent[(first + i) % PRE_ROLL])
    this.recentCount = 0
  }

  #renew() {
    this.block = new Int16Array(this.length)
    this.filled = 0
  }
}
