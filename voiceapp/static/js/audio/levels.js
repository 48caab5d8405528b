// The loudness of a voice over the last seconds, one value for each step of time.

const EVERY_MS = 60
/** As many as the larger ring of the figure has marks: what is older is not seen. */
const MAX = 26
const FLOOR_DB = -54
/** Below it a value is as good as none. */
export const SILENT = 0.01

export class Levels {
  /** @type {number[]} latest first, 0 to 1 */
  values = []
  samples = new Float32Array(1024)
  loudest = 0
  since = 0
  /** Slow, for a meter that must not flicker. */
  steady = 0

  clear() {
    this.values = []
    this.loudest = this.steady = 0
  }

  /** Whether there is anything to see: sound, or what is left of it. */
  get heard() {
    return this.loudest > SILENT || this.values.some(value => value > SILENT)
  }

  /** @param {number} index */
  at(index) {
    return this.values[index] ?? 0
  }

  /** How much of the present step is over. @param {number} now milliseconds */
  fraction(now) {
    return Math.min(1, (now - this.since) / EVERY_MS)
  }

  /**
   * @param {{getFloatTimeDomainData: (samples: Float32Array<ArrayBuffer>) => void} | null} analyser null: nobody is
   *   listened to, and nothing is seen of what was heard
   * @param {number} now milliseconds
   */
  measure(analyser, now) {
    if (!analyser) return this.clear()
    this.loudest = Math.max(this.loudest, this.#level(analyser))
    if (now - this.since < EVERY_MS) return
    this.values.unshift(this.loudest)
    this.values.length = Math.min(MAX, this.values.length)
    this.steady = Math.floor(10 * Math.max(this.loudest, this.steady * 0.8)) / 10
    this.loudest = 0
    this.since = now
  }

  /**
   * In decibels, since ears hear so: 0 at the floor, 1 at full scale.
   * @param {{getFloatTimeDomainData: (samples: Float32Array<ArrayBuffer>) => void}} analyser
   */
  #level(analyser) {
    analyser.getFloatTimeDomainData(this.samples)
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length
    return Math.max(0, Math.min(1, 1 - (10 * Math.log10(power + 1e-12)) / FLOOR_DB)) ** 1.4
  }
}
