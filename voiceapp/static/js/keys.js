// Keys that work anywhere on the page. Escape stops what is being said; a key that a control has used is left alone.

export class Keys {
  /**
   * @param {EventTarget} target
   * @param {{escapePressed: () => void}} delegate
   */
  constructor(target, delegate) {
    this.target = target
    this.delegate = delegate
    this.listener = (/** @type {Event} */ event) => this.#pressed(/** @type {KeyboardEvent} */ (event))
  }

  start() {
    this.target.addEventListener("keydown", this.listener)
  }

  stop() {
    this.target.removeEventListener("keydown", this.listener)
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing && !event.repeat) this.delegate.escapePressed()
  }
}
