// Whether a block of the microphone's sound goes up. When it is shut in the middle of speech, silence goes up until the
// other side has taken the turn, however long it listens for more: without it that would wait for ever.

import { msOf } from "./pcm.js"

/** Longer than any server waits for somebody to go on: 2 s of a fixed silence, 8 s where it judges by the sense. */
const MAX_MS = 12_000

export class MicrophoneGate {
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

  /** @param {import("../wire.js").TurnState} turn */
  turnChanged(turn) {
    const began = turn === "user" && !this.speaking
    this.speaking = turn === "user"
    if (this.shut) this.silenceMs = began ? MAX_MS : this.speaking ? this.silenceMs : 0
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
    this.silenceMs = this.shut && this.speaking ? MAX_MS : 0
  }
}
