// A panel at the side, or over the page where that is narrow, with the button that opens and the one that closes it.
// Notices and the call stay beside it, or below as a bar; Tab goes round in all of it, and what had the focus gets it
// back.

import { composing } from "../browser/shortcuts.js"
import { find } from "./element.js"
import { stops } from "./focus.js"
import { Swipe } from "./swipe.js"

export class Drawer {
  /** What of the page can be used beside it, in the page's order. */
  others = [...document.querySelectorAll(".notices, .dock")]
  /** What had the focus. @type {Element | null} */
  before = null

  /**
   * @param {string} id of the panel; its buttons are named after it
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void}} delegate
   */
  constructor(id, delegate) {
    this.panel = find(id, HTMLDialogElement)
    this.toggle = find(`${id}-toggle`, HTMLButtonElement)
    this.closer = find(`${id}-close`, HTMLButtonElement)
    this.delegate = delegate
  }

  start() {
    this.toggle.addEventListener("click", () => this.opened ? this.close() : this.open())
    this.closer.addEventListener("click", () => this.close())
    this.panel.addEventListener("keydown", event => this.#keyPressed(event))
    document.addEventListener("keydown", event => this.#tabbed(event))
    new Swipe(this.panel, () => this.close()).start()
  }

  get opened() {
    return this.panel.open
  }

  /** The words, as css/drawer.css has it. */
  get covers() {
    return this.opened && matchMedia("(max-width: 56rem)").matches
  }

  open() {
    if (!this.opened) this.before = document.activeElement
    this.#show(true)
    this.delegate.drawerOpened(this)
    this.closer.focus()
  }

  close() {
    if (!this.opened) return
    const { before } = this
    this.giveWay()
    for (const part of [before, this.toggle]) {
      if (part instanceof HTMLElement && part !== document.body) part.focus()
      if (document.activeElement === part) return
    }
  }

  /** Another drawer takes its place. */
  giveWay() {
    if (!this.opened) return
    this.#show(false)
    this.delegate.drawerClosed(this)
  }

  /** Ends a search, else closes the drawer, and does not also stop the assistant. @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.key !== "Escape" || composing(event)) return
    event.stopPropagation()
    const { target } = event
    if (!(target instanceof HTMLInputElement) || target.type !== "search" || !target.value) return this.close()
    // Not all browsers do it.
    event.preventDefault()
    target.value = ""
    target.dispatchEvent(new Event("input"))
  }

  /** Behind its last control come those of notices and call, and behind these it. @param {KeyboardEvent} event */
  #tabbed(event) {
    if (event.key !== "Tab" || !this.opened || event.defaultPrevented) return
    const round = [...this.others, this.panel].flatMap(stops)
    const [end, next] = event.shiftKey ? [round[0], round.at(-1)] : [round.at(-1), round[0]]
    if (document.activeElement !== end) return
    event.preventDefault()
    next?.focus()
  }

  /** @param {boolean} open */
  #show(open) {
    if (open) this.panel.show()
    else this.panel.close()
    this.toggle.setAttribute("aria-expanded", String(open))
  }
}
