// Whether a block of the microphone's sound goes up. When it is shut in the middle of speech, a second of silence goes
// up first: without it the other side would wait for the end of the turn for ever.

import { msOf } from "./audio/pcm.js"

const SILENCE_MS = 1000

export class Gate {
  muted = false
  /** Because the assistant is heard. */
  closed = false
  silenceMs = 0
  speaking = false

  get shut() {
    return this.muted || this.closed
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted
    this.#turned()
  }

  /** @param {boolean} closed */
  close(closed) {
    if (this.closed === closed) return
    this.closed = closed
    this.#turned()
  }

  /** @param {import("./wire.js").TurnState} turn */
  turnChanged(turn) {
    const began = turn === "user" && !this.speaking
    this.speaking = turn === "user"
    if (this.shut) this.silenceMs = began ? SILENCE_MS : this.speaking ? this.silenceMs : 0
  }

  /**
   * The block, silence in its place, or nothing.
   * @param {Int16Array} pcm
   */
  pass(pcm) {
    if (!this.shut) return pcm
    if (this.silenceMs <= 0) return null
    this.silenceMs -= msOf(pcm.length)
    return pcm.fill(0)
  }

  #turned() {
    this.silenceMs = this.shut && this.speaking ? SILENCE_MS : 0
  }
}
