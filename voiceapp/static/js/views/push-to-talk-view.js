// The button that talks while it is held: with mouse, finger, pen, or a key while it has the focus. There only where
// turns end by it.

import { find, write } from "./element.js"
import { SecondFinger } from "./second-finger.js"

const KEYS = [" ", "Enter"]
/** Of a mouse, too; a key holds it by its name. */
const FINGER = "finger"

export class PushToTalkView {
  button = find("talk", HTMLButtonElement)
  label = find("talk-label", HTMLElement)
  hint = find("talk-hint", HTMLElement)
  row = find("talk-row", HTMLElement)
  /** Of the finger that holds it; others may do as they like. */
  pointer = -1

  /**
   * @param {import("../call/call.js").Call} call
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(call, preferences, words) {
    this.call = call
    this.preferences = preferences
    this.words = words
  }

  start() {
    const { button } = this
    button.addEventListener("pointerdown", event => this.#pointerDown(event))
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(type, event => this.#pointerGone(/** @type {PointerEvent} */ (event)))
    }
    button.addEventListener("keydown", event => this.#keyDown(event))
    button.addEventListener("keyup", event => this.#keyUp(event))
    // What another finger touches takes the focus.
    button.addEventListener("blur", () => KEYS.forEach(key => this.call.pushToTalk.key.letGo(key)))
    button.addEventListener("contextmenu", event => event.preventDefault())
    new SecondFinger().start()
    // Assistive technology presses without a pointer and without a key.
    button.addEventListener("click", event => { if (event.detail === 0) this.call.pushToTalk.toggle() })
  }

  render() {
    const { isPushToTalk, talking, callState, pushToTalk } = this.call
    const appears = this.row.hidden && isPushToTalk && callState.active
    this.row.hidden = !isPushToTalk || !callState.active
    this.button.setAttribute("aria-disabled", String(!callState.live))
    this.button.setAttribute("aria-pressed", String(talking))
    write(this.label, this.words.say(pushToTalk.key.locked ? "talk.locked" : talking ? "talk.down" : "talk.up"))
    write(this.hint, this.words.say(this.preferences.values.space ? "talk.hint.space" : "talk.hint"))
    if (appears) this.#takeFocus()
  }

  /** The space bar must not hang up because the call button was pressed last. */
  #takeFocus() {
    if (document.activeElement?.id === "call") this.button.focus()
  }

  /** @param {PointerEvent} event */
  #pointerDown(event) {
    if (event.button !== 0 || this.#captured) return
    this.pointer = event.pointerId
    this.button.setPointerCapture(this.pointer)
    this.call.pushToTalk.press(FINGER)
  }

  get #captured() {
    return this.button.hasPointerCapture(this.pointer)
  }

  /** @param {PointerEvent} event */
  #pointerGone({ pointerId, type }) {
    if (pointerId !== this.pointer) return
    this.pointer = -1
    // The system took it, for a gesture of its own.
    type === "pointercancel" ? this.call.pushToTalk.key.letGo(FINGER) : this.call.pushToTalk.key.release(FINGER)
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (!KEYS.includes(event.key)) return
    event.preventDefault()
    if (!event.repeat) this.call.pushToTalk.press(event.key)
  }

  /** @param {KeyboardEvent} event */
  #keyUp(event) {
    if (!KEYS.includes(event.key)) return
    event.preventDefault()
    this.call.pushToTalk.key.release(event.key)
  }
}
