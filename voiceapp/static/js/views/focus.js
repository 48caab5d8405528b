// Where the keyboard is. What has the focus may go away under it (a notice is put away, a button is hidden or disabled,
// a
// row is deleted): the focus then goes to what stands there now, and never to the page as a whole.

import { find } from "./element.js"

const LISTS = ".notices, .outbox, .talk-rows"
const REACHED = "button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled)"
/** Where Tab goes. */
const STOPS = `${REACHED}, textarea, summary, audio, [tabindex="0"]`
/** And does not go: of radio buttons only the chosen one; what is folded. */
const PASSED = "[tabindex='-1'], [type=radio]:not(:checked), details:not([open]) > :not(summary) *"
/** Where it goes in each part of the page, if nothing else is left there; the last for the words. */
const HOMES = [["dialog[open]:not(.drawer)", "button"], [".drawer", ".drawer-head [id$=-close]"], [".dock", "#call"]]
const CHANGES = {
  subtree: true, childList: true, attributeOldValue: true,
  attributeFilter: ["hidden", "disabled", "open", "data-phase", "data-talked", "data-shown"]
}

/** @typedef {{part: HTMLElement, list: Element | null, place: number, home: HTMLElement}} Focused */

export class Focus {
  /** What had it last, and what stood around it. @type {Focused | null} */
  last = null
  scroller = find("scroller", HTMLElement)
  call = find("call", HTMLButtonElement)

  start() {
    document.addEventListener(
      "focusin", ({ target }) => { this.last = this.#around(/** @type {HTMLElement} */ (target)) }
    )
    new MutationObserver(records => this.#changed(records)).observe(document.body, CHANGES)
  }

  /** @param {HTMLElement} part @returns {Focused} */
  #around(part) {
    const list = part.closest(LISTS)
    const [within, home] = HOMES.find(([selector]) => part.closest(selector)) ?? []
    const found = within && part.closest(within)?.querySelector(/** @type {string} */ (home))
    return {
      part, list, place: list ? reached(list).indexOf(part) : -1,
      home: /** @type {HTMLElement | null} */ (found) || this.scroller
    }
  }

  /**
   * What is shown is asked only where something around it may have been hidden: it takes the page's whole layout, and
   * the words grow all the time.
   * @param {MutationRecord[]} records
   */
  #changed(records) {
    const { activeElement: now } = document
    const around = records.some(record => isAround(record, now))
    const gone = !now || now === document.body || (around && !usable(now))
    if (this.last && gone) this.#moveOn(this.last)
  }

  /** @param {Focused} last */
  #moveOn({ part, list, place, home }) {
    if (part.isConnected && usable(part)) return
    // Behind a dialog stands what it was to prepare.
    const others = part.closest("dialog:not(.drawer)") ? [this.call, this.scroller] : [this.scroller, this.call]
    for (const next of [...neighbours(part, list, place), home, ...others]) {
      next.focus({ preventScroll: true })
      if (document.activeElement === next) return
    }
  }
}

/**
 * Something is otherwise (and not set once more as it was) with what it stands in, or with what stands beside that.
 * @param {MutationRecord} record
 * @param {Element | null} part
 */
function isAround({ type, target, attributeName, oldValue }, part) {
  if (type !== "attributes" || !target.parentNode?.contains(part)) return false
  return /** @type {Element} */ (target).getAttribute(attributeName ?? "") !== oldValue
}

/** @param {Element} list */
function reached(list) {
  return [...list.querySelectorAll(REACHED)].map(part => /** @type {HTMLElement} */ (part))
}

/** Where Tab stops in a part of the page, in order. @param {Element} part */
export function stops(part) {
  const all = /** @type {HTMLElement[]} */ ([...part.querySelectorAll(STOPS)])
  return all.filter(stop => usable(stop) && !stop.matches(PASSED))
}

/** @param {Element} part */
function usable(part) {
  const seen = part.getClientRects().length > 0 && getComputedStyle(part).visibility === "visible"
  return seen && !part.matches(":disabled")
}

/**
 * In its list, what does the same comes before what does something else.
 * @param {HTMLElement} part
 * @param {Element | null} list
 * @param {number} place
 */
function neighbours(part, list, place) {
  const all = list ? reached(list).filter(usable) : []
  const same = all.filter(other => name(other) === name(part))
  return [same, all].flatMap(some => some.length ? [some[Math.min(place, some.length - 1)]] : [])
}

/** @param {Element} part */
function name(part) {
  return part.getAttribute("aria-label") ?? part.textContent
}
