// Sound that waits while it is not yet known whether it is a voice: it goes on later as it is, or as silence of the
// same
// length, so that no moment is ever left out or added.

import { SAMPLE_RATE } from "./pcm.js"

const LENGTH = 0.35 * SAMPLE_RATE
const SILENCE = new Float32Array(1024)

export class HoldBack {
  holding = false
  kept = new Float32Array(LENGTH)
  start = 0
  count = 0

  /** @param {(samples: Float32Array, count: number) => void} deliver */
  constructor(deliver) {
    this.deliver = deliver
  }

  hold() {
    this.holding = true
  }

  /**
   * @param {Float32Array} samples
   * @param {number} count at most 1024
   */
  push(samples, count) {
    if (!this.holding) return this.deliver(samples, count)
    this.#forget(Math.max(0, this.count + count - LENGTH))
    for (let i = 0; i < count; i++) this.kept[(this.start + this.count++) % LENGTH] = samples[i]
  }

  /** What waits goes on; from now on nothing waits. @param {boolean} voice as it is, or else as silence */
  release(voice) {
    this.holding = false
    if (!voice) return this.#forget(this.count)
    const first = Math.min(this.count, LENGTH - this.start)
    this.deliver(this.kept.subarray(this.start, this.start + first), first)
    this.deliver(this.kept, this.count - first)
    this.start = this.count = 0
  }

  /** The oldest of it goes on as silence. @param {number} count */
  #forget(count) {
    for (let left = count; left > 0; left -= SILENCE.length) this.deliver(SILENCE, Math.min(left, SILENCE.length))
    this.start = (this.start + count) % LENGTH
    this.count -= count
  }
}
