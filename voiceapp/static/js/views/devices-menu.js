// The menu beside the microphone: what the settings say of microphone and loudspeaker, at hand in a call. There is one
// of each row: while the menu is open it stands here, and else in the settings.

import { placeAboveDock } from "./above-dock.js"
import { element, find } from "./element.js"
import { stops } from "./focus.js"

const ROWS = [
  "#settings-microphone", "#settings-level", "[data-choice=noise]", "#settings-speaker", "[data-choice=volume]",
  "[data-choice=headphones]"
]

export class DevicesMenu {
  menu = find("devices", HTMLElement)
  settings = find("settings", HTMLElement)
  opened = false
  /** Where each came from. @type {Map<Element, HTMLElement>} */
  places = new Map()
  /** What had the focus. @type {Element | null} */
  before = null

  start() {
    this.menu.addEventListener("beforetoggle", event => this.#toggled(event.newState === "open"))
    addEventListener("resize", () => { if (this.opened) placeAboveDock(this.menu) })
  }

  /** From elsewhere than the button that Tab leads on from. */
  open() {
    if (!this.opened) this.menu.showPopover()
    stops(this.menu)[0]?.focus()
  }

  /** @param {boolean} open */
  #toggled(open) {
    this.opened = open
    if (!open) return this.#giveBack()
    this.before = document.activeElement
    for (const selector of ROWS) this.#take(selector)
    placeAboveDock(this.menu)
  }

  /** @param {string} selector */
  #take(selector) {
    const control = /** @type {Element} */ (this.settings.querySelector(selector))
    const row = control.closest(".setting") ?? control
    const place = element("span", { hidden: true })
    row.before(place)
    this.places.set(row, place)
    this.menu.append(row)
  }

  /** The focus too: the browser does not find it in the menu any more, once the rows have left. */
  #giveBack() {
    const within = this.menu.contains(document.activeElement)
    for (const [row, place] of this.places) place.replaceWith(row)
    this.places.clear()
    if (within && this.before instanceof HTMLElement) this.before.focus()
  }
}
