// Keys that work anywhere on the page. Escape stops what is being said; the space bar talks while it is held. A key that
// a control has used, or would use, is left alone.

const CONTROLS = "input, textarea, select, button, a, summary, [contenteditable], [role=button]"

/** @typedef {{escapePressed: () => void, spacePressed: () => boolean, spaceReleased: () => void, letterPressed?: (key: string) => boolean}} KeysDelegate */

export class Keys {
  spaceHeld = false

  /**
   * @param {EventTarget} target
   * @param {KeysDelegate} delegate spacePressed and letterPressed say whether they have a use for it
   */
  constructor(target, delegate) {
    this.target = target
    this.delegate = delegate
    this.listeners = { keydown: (/** @type {any} */ event) => this.#pressed(event), keyup: (/** @type {any} */ event) => this.#released(event) }
  }

  start() {
    for (const [type, listener] of Object.entries(this.listeners)) this.target.addEventListener(type, listener)
  }

  stop() {
    for (const [type, listener] of Object.entries(this.listeners)) this.target.removeEventListener(type, listener)
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing && !event.repeat) this.delegate.escapePressed()
    if (event.key === " ") this.#spacePressed(event)
    else if (event.key.length === 1) this.#letterPressed(event)
  }

  /** @param {KeyboardEvent} event */
  #letterPressed(event) {
    if (event.repeat || event.isComposing || isShortcut(event) || inField(event.target)) return
    if (this.delegate.letterPressed?.(event.key)) event.preventDefault()
  }

  /** @param {KeyboardEvent} event */
  #spacePressed(event) {
    if (this.spaceHeld) return event.preventDefault()
    if (event.repeat || event.defaultPrevented || isShortcut(event) || inControl(event.target)) return
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

/** @param {EventTarget | null} target */
function inField(target) {
  return Boolean(/** @type {Element | null} */ (target)?.closest?.("input, textarea, select, [contenteditable], [role=listbox]"))
}

/** @param {EventTarget | null} target */
function inControl(target) {
  return Boolean(/** @type {Element | null} */ (target)?.closest?.(CONTROLS))
}
