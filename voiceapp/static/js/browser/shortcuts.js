// Keys that work anywhere on the page. Escape stops what is being said; the space bar talks while it is held. A key
// that
// a control has used, or would use, is left alone.

/** What Enter presses. */
const PRESSED = "button, a, summary"
const CONTROLS = "input, textarea, select, button, a, summary, [contenteditable], [role=button]"
const FIELDS = "input, textarea, select, [contenteditable], [role=listbox]"

/**
 * @typedef {{escapePressed: () => void, spacePressed: () => boolean, spaceReleased: () => void, letterPressed?: (key:
 *   string) => boolean}} ShortcutsDelegate
 */

export class Shortcuts {
  spaceHeld = false

  /**
   * @param {EventTarget} target
   * @param {ShortcutsDelegate} delegate spacePressed and letterPressed say whether they have a use for it
   */
  constructor(target, delegate) {
    this.target = target
    this.delegate = delegate
    this.listeners = {
      keydown: (/** @type {any} */ event) => this.#pressed(event),
      keyup: (/** @type {any} */ event) => this.#released(event)
    }
  }

  start() {
    for (const [type, listener] of Object.entries(this.listeners)) this.target.addEventListener(type, listener)
  }

  stop() {
    for (const [type, listener] of Object.entries(this.listeners)) this.target.removeEventListener(type, listener)
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (composing(event)) return
    if (event.key === "Escape" && !event.repeat) this.delegate.escapePressed()
    if (event.key === "Enter") this.#enterPressed(event)
    else if (event.key === " ") this.#spacePressed(event)
    else if (event.key.length === 1) this.#letterPressed(event)
  }

  /**
   * Held down it would press thirty times a second: also what is asked next, or has the focus next.
   * @param {KeyboardEvent} event
   */
  #enterPressed(event) {
    if (event.repeat && closest(event, PRESSED)) event.preventDefault()
  }

  /** @param {KeyboardEvent} event */
  #letterPressed(event) {
    if (event.repeat || isShortcut(event) || closest(event, FIELDS)) return
    if (this.delegate.letterPressed?.(event.key)) event.preventDefault()
  }

  /** @param {KeyboardEvent} event */
  #spacePressed(event) {
    if (this.spaceHeld) return event.preventDefault()
    if (event.repeat || event.defaultPrevented || isShortcut(event) || closest(event, CONTROLS)) return
    this.spaceHeld = this.delegate.spacePressed()
    if (this.spaceHeld) event.preventDefault()
  }

  /** @param {KeyboardEvent} event */
  #released(event) {
    if (event.key !== " " || !this.spaceHeld) return
    event.preventDefault()
    this.spaceHeld = false
    this.delegate.spaceReleased()
  }
}

/** @param {KeyboardEvent} event */
function isShortcut({ ctrlKey, altKey, metaKey }) {
  return ctrlKey || altKey || metaKey
}

/** @param {KeyboardEvent} event @param {string} selector */
function closest({ target }, selector) {
  return Boolean(/** @type {Element | null} */ (target)?.closest?.(selector))
}

/**
 * Keys belong to the input method until its words are chosen. Safari says so only by the key code.
 * @param {KeyboardEvent} event
 */
export function composing({ isComposing, keyCode }) {
  return isComposing || keyCode === 229
}
