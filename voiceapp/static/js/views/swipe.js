// A finger that pushes a panel out at the edge at which it stands: the panel follows, and goes, or comes back.

/** What a finger travels before it is known where it goes, and in it so much more sideways than up or down. */
const BEGUN_PX = 12, STEEP = 1.5
/** Gone: this part of the panel's width, or this fast. */
const FAR = 0.35, FAST_PX_MS = 0.5
const MS = 160
/** What else sees to fingers itself has another `touch-action` than this, the drawers' own. */
const SCROLLED = "pan-y pinch-zoom"
const OWN = "input[type=range], textarea"

/** @typedef {{id: number, x: number, y: number, at: number, moved: boolean}} Finger */

export class Swipe {
  /** @type {Finger | null} */
  finger = null

  /**
   * @param {HTMLElement} panel whose style lets fingers scroll it up and down alone (`touch-action`, as below)
   * @param {() => void} away it was pushed out
   */
  constructor(panel, away) {
    this.panel = panel
    this.away = away
  }

  start() {
    this.panel.addEventListener("pointerdown", event => this.#put(event))
    this.panel.addEventListener("pointermove", event => this.#moved(event))
    this.panel.addEventListener("pointerup", event => this.#lifted(event))
    // Then the finger scrolls.
    this.panel.addEventListener("pointercancel", event => this.#lost(event))
  }

  /** @param {PointerEvent} event */
  #put({ pointerId: id, pointerType, isPrimary, clientX: x, clientY: y, timeStamp: at, target }) {
    if (pointerType !== "touch" || !isPrimary || takes(/** @type {Element} */ (target), this.panel)) return
    this.finger = { id, x, y, at, moved: false }
  }

  /** @param {PointerEvent} event */
  #moved({ pointerId, clientX, clientY }) {
    const { finger } = this
    if (finger?.id !== pointerId) return
    const [x, y] = [this.#outward(clientX - finger.x), Math.abs(clientY - finger.y)]
    if (!finger.moved && Math.max(Math.abs(x), y) > BEGUN_PX) {
      if (x < y * STEEP) this.finger = null
      else this.#take(finger)
    }
    if (finger.moved) this.panel.style.translate = `${this.#outward(Math.max(0, x))}px`
  }

  /** @param {Finger} finger */
  #take(finger) {
    finger.moved = true
    this.panel.setPointerCapture(finger.id)
  }

  /** @param {PointerEvent} event */
  #lifted({ pointerId, clientX, timeStamp }) {
    const { finger, panel } = this
    if (finger?.id !== pointerId) return
    this.finger = null
    if (!finger.moved) return
    const x = this.#outward(clientX - finger.x)
    const gone = x > FAR * panel.offsetWidth || x / Math.max(1, timeStamp - finger.at) > FAST_PX_MS
    this.#settle(gone)
  }

  /** @param {PointerEvent} event */
  #lost({ pointerId }) {
    if (this.finger?.id !== pointerId) return
    if (this.finger.moved) this.#settle(false)
    this.finger = null
  }

  /** @param {boolean} gone */
  async #settle(gone) {
    const { panel } = this
    const from = panel.style.translate
    const to = gone ? `${this.#outward(panel.offsetWidth)}px` : "0px"
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    panel.style.translate = ""
    if (!still) await panel.animate({ translate: [from, to] }, { duration: MS, easing: "ease-out" }).finished
    if (gone) this.away()
  }

  /** Rightwards, where one writes that way. @param {number} x */
  #outward(x) {
    return getComputedStyle(this.panel).direction === "rtl" ? -x : x
  }
}

/** Whether something there has a use for a finger that goes sideways. @param {Element} target @param {Element} panel */
function takes(target, panel) {
  if (target.closest(OWN)) return true
  for (let part = /** @type {Element | null} */ (target); part && part !== panel; part = part.parentElement) {
    const { touchAction, overflowX } = getComputedStyle(part)
    const [own, wide] = [!["auto", SCROLLED].includes(touchAction), part.scrollWidth > part.clientWidth]
    if (own || (wide && /auto|scroll/.test(overflowX))) return true
  }
  return false
}
