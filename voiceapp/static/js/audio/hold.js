// Holds the playback and lets it go on a little before that, so that no word is lost: what was played last is kept, and
// is played once more. It counts once.

/** How soon it is silent: by 10 dB within 25 ms, by 60 dB at the end. */
const FALL_MS = 150
const SILENT = 10 ** (-60 / 20)
const RISE_MS = 30
/** Of what was played: that which was faint, and a word before. */
const AGAIN_MS = 400

export class Hold {
  /** @type {"off" | "falling" | "held"} */
  state = "off"
  gain = 1

  /** @param {number} rate the device's */
  constructor(rate) {
    this.decay = SILENT ** (1000 / (FALL_MS * rate))
    this.step = 1000 / (RISE_MS * rate)
    this.kept = new Float32Array(Math.round(AGAIN_MS * rate / 1000))
    /** Where the next goes, how much holds something, and how much of that is to be played again. */
    this.at = 0
    this.filled = 0
    this.again = 0
  }

  get silent() {
    return this.state === "held"
  }

  /** Something is played that was played before. */
  get repeats() {
    return this.again > 0
  }

  /** @param {boolean} audible something is */
  begin(audible) {
    if (this.state === "off") this.state = audible ? "falling" : "held"
  }

  /** @returns {boolean} whether it was held */
  end() {
    if (this.state === "off") return false
    this.state = "off"
    this.gain = 0
    this.again = this.filled
    return true
  }

  /** What comes next does not go on from what was. */
  forget() {
    this.filled = this.again = 0
  }

  /** What was played last, once more: says how many frames of the output it takes. @param {Float32Array} output */
  repeat(output) {
    const frames = Math.min(this.again, output.length)
    const { kept, at } = this
    const from = (at - this.again + kept.length) % kept.length
    for (let i = 0; i < frames; i++) output[i] = kept[(from + i) % kept.length]
    this.again -= frames
    return frames
  }

  /** @param {Float32Array} played of a track, for the first time */
  keep(played) {
    const { kept, at } = this
    const first = Math.min(played.length, kept.length - at)
    kept.set(played.subarray(0, first), at)
    kept.set(played.subarray(first))
    this.at = (at + played.length) % kept.length
    this.filled = Math.min(kept.length, this.filled + played.length)
  }

  /** Softer and softer, or louder again. Says whether it is silent now. @param {Float32Array} output */
  shape(output) {
    if (this.state === "off" && this.gain === 1) return false
    const falls = this.state === "falling"
    for (let i = 0; i < output.length; i++) {
      this.gain = falls ? this.gain * this.decay : Math.min(1, this.gain + this.step)
      output[i] *= this.gain
    }
    if (!falls || this.gain > SILENT) return false
    this.state = "held"
    return true
  }
}
