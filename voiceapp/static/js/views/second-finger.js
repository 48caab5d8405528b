// No browser presses a button for a finger that taps while another one rests on the glass, as on the key to talk.

const STILL_PX = 12
const SAME_MS = 500
/** The key to talk sees to its own fingers. */
const PRESSED = "button:not(.talk)"

export class SecondFinger {
  /** Fingers that are down, besides the first. @type {Map<number, {button: HTMLElement, x: number, y: number}>} */
  down = new Map()
  /** @type {HTMLElement | null} that was pressed last */
  button = null
  at = 0

  start() {
    document.addEventListener("pointerdown", event => this.#put(event))
    document.addEventListener("pointerup", event => this.#lifted(event))
    document.addEventListener("pointercancel", ({ pointerId }) => this.down.delete(pointerId))
    document.addEventListener("click", event => this.#clicked(event), true)
  }

  /** @param {PointerEvent} event */
  #put({ target, pointerId, pointerType, isPrimary, clientX: x, clientY: y }) {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(PRESSED))
    if (button && pointerType === "touch" && !isPrimary) this.down.set(pointerId, { button, x, y })
  }

  /** @param {PointerEvent} event */
  #lifted({ pointerId, clientX, clientY, timeStamp }) {
    const finger = this.down.get(pointerId)
    if (!this.down.delete(pointerId) || !finger || Math.hypot(clientX - finger.x, clientY - finger.y) > STILL_PX) return
    finger.button.click()
    this.button = finger.button
    this.at = timeStamp
  }

  /** Should a browser press it after all, that was this finger too. @param {MouseEvent} event */
  #clicked(event) {
    if (!event.isTrusted || event.timeStamp - this.at > SAME_MS || !this.button?.contains(
      /** @type {Node} */ (event.target)
    )) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
}
