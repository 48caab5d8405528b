// Whether a block of the microphone's sound goes up. When it is shut in the middle of speech, a second of silence goes
// up first: without it the other side would wait for the end of the turn for ever.

import { msOf } from "./audio/pcm.js"

const SILENCE_MS = 1000

export class Gate {
  muted = false
  silenceMs = 0
  speaking = false

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted
    this.silenceMs = muted && this.speaking ? SILENCE_MS : 0
  }

  /** @param {import("./wire.js").TurnState} turn */
  turnChanged(turn) {
    const began = turn === "user" && !this.speaking
    this.speaking = turn === "user"
    if (this.muted) this.silenceMs = began ? SILENCE_MS : this.speaking ? this.silenceMs : 0
  }

  /**
   * The block, silence in its place, or nothing.
   * @param {Int16Array} pcm
   */
  pass(pcm) {
    if (!this.muted) return pcm
    if (this.silenceMs <= 0) return null
    this.silenceMs -= msOf(pcm.length)
    return pcm.fill(0)
  }
}
