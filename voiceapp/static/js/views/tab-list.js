// Tabs of a panel, as the ARIA practices have them: one of them is a stop of the keyboard, the arrows choose another.

import { find } from "./element.js"

/** What moves by how many; the arrows follow the direction of writing. @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowLeft: -1 }

export class TabList {
  /** @param {string} id of the list */
  constructor(id) {
    this.list = find(id, HTMLElement)
    this.tabs = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=tab]")])
    this.panels = this.tabs.map(tab => find(tab.getAttribute("aria-controls") ?? "", HTMLElement))
  }

  start() {
    for (const tab of this.tabs) tab.addEventListener("click", () => this.#choose(tab))
    this.list.addEventListener("keydown", event => this.#keyPressed(event))
  }

  /** The tab in whose panel this stands. @param {Element} part */
  of(part) {
    return this.tabs[this.panels.findIndex(panel => panel.contains(part))]
  }

  /** Show the panel in which it stands. @param {Element} part */
  show(part) {
    this.#choose(this.of(part))
  }

  /** @param {HTMLElement} chosen */
  #choose(chosen) {
    this.tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(tab === chosen))
      tab.tabIndex = tab === chosen ? 0 : -1
      this.panels[i].hidden = tab !== chosen
    })
    this.panels[0].parentElement?.scrollTo(0, 0)
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    const { tabs } = this
    const now = tabs.indexOf(/** @type {HTMLElement} */ (event.target))
    const step = (STEPS[event.key] ?? 0) * (getComputedStyle(this.list).direction === "rtl" ? -1 : 1)
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1
      : step ? (now + step + tabs.length) % tabs.length : -1
    if (now < 0 || next < 0) return
    event.preventDefault()
    this.#choose(tabs[next])
    tabs[next].focus()
  }
}
