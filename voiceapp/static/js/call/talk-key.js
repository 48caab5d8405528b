// The push-to-talk key, whatever presses it: held, or locked by a double press until the next one.

/** A press shorter than this may be the first of a double press. */
const SHORT_MS = 250
const DOUBLE_MS = 300
/** People let go on the last syllable, and the microphone is a little behind. */
const TAIL_MS = 80

/** @typedef {{talkKeyDown: () => void, talkKeyUp: () => void, talkKeyChanged: () => void}} TalkKeyDelegate */

export class TalkKey {
  /** Sound goes up. */
  down = false
  /** A finger is on it. */
  held = false
  locked = false
  pressedAt = 0
  /** @type {{short: boolean, timer: ReturnType<typeof setTimeout>} | null} */
  ending = null

  /**
   * @param {TalkKeyDelegate} delegate
   * @param {() => number} now milliseconds
   */
  constructor(delegate, now) {
    this.delegate = delegate
    this.now = now
  }

  press() {
    if (this.held) return
    this.held = true
    if (this.locked) return this.#end()
    this.locked = this.ending?.short === true
    this.#stay()
    if (!this.down) this.#begin()
    this.delegate.talkKeyChanged()
  }

  release() {
    if (!this.held) return
    this.held = false
    if (!this.down || this.locked) return
    const short = this.now() - this.pressedAt < SHORT_MS
    this.ending = { short, timer: setTimeout(() => this.#end(), short ? DOUBLE_MS : TAIL_MS) }
  }

  /** Without a finger: down until the next time. */
  toggle() {
    this.press()
    this.locked = this.down
    this.release()
    this.delegate.talkKeyChanged()
  }

  /** The finger slid away, the window lost the keyboard. */
  letGo() {
    if (this.held && !this.locked) this.#end()
    this.held = false
  }

  /** The call is over, or turns end in another way. */
  drop() {
    this.held = false
    if (this.down) this.#end()
  }

  #begin() {
    this.down = true
    this.pressedAt = this.now()
    this.delegate.talkKeyDown()
  }

  #end() {
    this.#stay()
    this.locked = false
    this.down = false
    this.delegate.talkKeyUp()
    this.delegate.talkKeyChanged()
  }

  #stay() {
    clearTimeout(this.ending?.timer)
    this.ending = null
  }
}
