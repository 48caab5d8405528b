// Whether what is heard is what was played, at any delay: the cross-correlation of the two waveforms. It tells an echo
// from a person where their levels are alike, and it does so too while a browser learns to cancel the echo. Only what
// is heard counts: a pause adds nothing and takes nothing away.

/** Compared so often in a second: the lower formants are enough, and there are as few lags as can be. */
const RATE = 4000
/** 0 to 670 ms. */
const LAGS = 0.67 * RATE
/** More than a frame of 10 ms has at any rate of a device. */
const BLOCK = 64
/** What each frame adds: the memory is of about 300 ms of what is heard. */
const FRESH = 0.033
/** Speech is strongest at its pitch, which any two voices may share: by this much of the last sample it is evened. */
const EMPHASIS = 0.7
/** By less than this share of the most that was played, nothing is compared. */
const FAINT = 0.03
/** Where the playback's like comes back it is above this; two voices that speak at once are below. */
const ALIKE = 0.3
/** Of what is heard: with less, two voices are alike by chance. */
const MIN_FRAMES = 20

export class WaveformCorrelation {
  /** Frames in which something was heard. */
  frames = 0
  /** At the lag where it is closest: 0 to 1. */
  best = 0
  energy = 0
  count = 0
  heard = new Float32Array(BLOCK)
  playing = new Float32Array(BLOCK)
  /** The latest last. */
  played = new Float32Array(LAGS + BLOCK)
  /** What goes on of both, and of what was played alone, for each lag. */
  products = new Float32Array(LAGS)
  energies = new Float32Array(LAGS)

  /** @param {number} rate of the device */
  constructor(rate) {
    this.step = Math.max(1, Math.round(rate / RATE))
    this.taken = this.sumHeard = this.sumPlayed = this.lastHeard = this.lastPlayed = 0
  }

  /** Enough was heard, and none of it is what was played. */
  get differs() {
    return this.frames >= MIN_FRAMES && this.best < ALIKE
  }

  /** One sample of both. @param {number} heard @param {number} played */
  add(heard, played) {
    this.sumHeard += heard
    this.sumPlayed += played
    if (++this.taken === this.step) this.#take()
  }

  #take() {
    const { sumHeard, sumPlayed } = this
    this.heard[this.count] = sumHeard - EMPHASIS * this.lastHeard
    this.playing[this.count] = sumPlayed - EMPHASIS * this.lastPlayed
    this.lastHeard = sumHeard
    this.lastPlayed = sumPlayed
    this.taken = this.sumHeard = this.sumPlayed = 0
    this.count++
  }

  /** What was added since the last frame. @param {boolean} counts something is heard that may be an echo */
  frame(counts) {
    const { played, playing, count } = this
    played.copyWithin(0, count)
    for (let i = 0; i < count; i++) played[played.length - count + i] = playing[i]
    this.count = 0
    if (!counts) return
    this.frames++
    this.#even(count)
    this.#correlate(count)
    this.#measure(count)
    this.#compare()
  }

  /** Another answer: what was heard in the last one may have been somebody else. */
  forget() {
    if (this.frames === 0) return
    this.products.fill(0)
    this.energies.fill(0)
    this.frames = this.best = this.energy = 0
  }

  /**
   * A frame counts by the root of its level: the first moments of an echo that is being cancelled would outweigh all
   * that follow. But not by nothing: what a room adds is strongest where the voice is faint.
   * @param {number} count
   */
  #even(count) {
    const { heard } = this
    let power = 0
    for (let i = 0; i < count; i++) power += heard[i] * heard[i]
    const rms = Math.sqrt(power / count) + 1e-6
    const share = 1 / Math.sqrt(rms)
    for (let i = 0; i < count; i++) heard[i] *= share
    this.energy += (power / rms - this.energy) * FRESH
  }

  /** Four lags at once, which takes half the time. @param {number} count */
  #correlate(count) {
    const { heard, played, products } = this
    for (let lag = 0; lag < LAGS; lag += 4) {
      const from = played.length - count - lag
      let [none, one, two, three] = [0, 0, 0, 0]
      for (let i = 0; i < count; i++) {
        const sample = heard[i]
        none += sample * played[from + i]
        one += sample * played[from + i - 1]
        two += sample * played[from + i - 2]
        three += sample * played[from + i - 3]
      }
      products[lag] += (none - products[lag]) * FRESH
      products[lag + 1] += (one - products[lag + 1]) * FRESH
      products[lag + 2] += (two - products[lag + 2]) * FRESH
      products[lag + 3] += (three - products[lag + 3]) * FRESH
    }
  }

  /**
   * What was played in each of the frames that is compared: one sample later, one sample more and one less.
   * @param {number} count
   */
  #measure(count) {
    const { played, energies } = this
    let from = played.length - count
    let energy = 0
    for (let i = from; i < played.length; i++) energy += played[i] * played[i]
    for (let lag = 0; lag < LAGS; lag++, from--) {
      energies[lag] += (Math.max(0, energy) - energies[lag]) * FRESH
      energy += played[from - 1] * played[from - 1] - played[from + count - 1] * played[from + count - 1]
    }
  }

  #compare() {
    const { products, energies } = this
    let least = 0
    for (let lag = 0; lag < LAGS; lag++) if (energies[lag] > least) least = energies[lag]
    least = FAINT * least + 1e-12
    let best = 0
    for (let lag = 0; lag < LAGS; lag++) {
      const alike = products[lag] * products[lag] / Math.max(least, energies[lag])
      if (alike > best) best = alike
    }
    this.best = Math.sqrt(best / (this.energy + 1e-12))
  }
}
