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
  /** Whatever holds it down: a finger on the button, the space bar. @type {Set<string>} */
  held = new Set()
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

  /** @param {string} by two at once are one press, until the last of them is let go */
  press(by) {
    if (this.held.has(by) || this.held.add(by).size > 1) return
    if (this.locked) return this.#end()
    this.locked = this.ending?.short === true
    this.#stay()
    if (!this.down) this.#begin()
    this.delegate.talkKeyChanged()
  }

  /** @param {string} by */
  release(by) {
    if (!this.held.delete(by) || this.held.size) return
    if (!this.down || this.locked) return
    const short = this.now() - this.pressedAt < SHORT_MS
    this.ending = { short, timer: setTimeout(() => this.#end(), short ? DOUBLE_MS : TAIL_MS) }
  }

  /** Without a finger: down until the next time. */
  toggle() {
    this.press("toggle")
    this.locked = this.down
    this.release("toggle")
    this.delegate.talkKeyChanged()
  }

  /** The finger slid away; without a name, the window lost the keyboard. @param {string} [by] */
  letGo(by) {
    const { size } = this.held
    by ? this.held.delete(by) : this.held.clear()
    if (size > this.held.size && !this.held.size && this.down && !this.locked) this.#end()
  }

  /** The call is over, or turns end in another way. */
  drop() {
    this.held.clear()
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
