// What stands between playback and the device: how loud it is, and that it steps back while somebody seems to speak.

const DUCKED = 0.3
/** Time constants, in seconds: quickly down, gently up. */
const DOWN_S = 0.015
const UP_S = 0.12

export class Loudspeaker {
  /** @type {GainNode | null} */
  node = null
  volume = 1
  ducked = false

  /** @param {AudioContext} context */
  open(context) {
    this.ducked = false
    this.node = new GainNode(context, { gain: this.#level })
    this.node.connect(context.destination)
    return this.node
  }

  close() {
    this.node = null
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.volume = volume
    this.#approach(DOWN_S)
  }

  /** @param {boolean} ducked */
  duck(ducked) {
    if (this.ducked === ducked) return
    this.ducked = ducked
    this.#approach(ducked ? DOWN_S : UP_S)
  }

  /** Squared, since ears hear so. */
  get #level() {
    return this.volume ** 2 * (this.ducked ? DUCKED : 1)
  }

  /** @param {number} seconds */
  #approach(seconds) {
    this.node?.gain.setTargetAtTime(this.#level, this.node.context.currentTime, seconds)
  }
}
