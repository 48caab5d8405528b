// A panel at the side (on a small screen, from below) with the button that opens and the one that closes it.

import { composing } from "../browser/shortcuts.js"
import { find } from "./element.js"

export class Drawer {
  /**
   * @param {string} id of the panel; its buttons are named after it
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void}} delegate
   */
  constructor(id, delegate) {
    this.panel = find(id, HTMLElement)
    this.toggle = find(`${id}-toggle`, HTMLButtonElement)
    this.closer = find(`${id}-close`, HTMLButtonElement)
    this.delegate = delegate
  }

  start() {
    this.toggle.addEventListener("click", () => this.opened ? this.close() : this.open())
    this.closer.addEventListener("click", () => this.close())
    this.panel.addEventListener("keydown", event => this.#keyPressed(event))
  }

  get opened() {
    return !this.panel.hidden
  }

  open() {
    this.#show(true)
    this.delegate.drawerOpened(this)
    this.closer.focus()
  }

  close() {
    if (!this.opened) return
    this.#show(false)
    this.delegate.drawerClosed(this)
    this.toggle.focus()
  }

  /** Another drawer takes its place. */
  giveWay() {
    if (!this.opened) return
    this.#show(false)
    this.delegate.drawerClosed(this)
  }

  /** Closes the drawer, and does not also stop the assistant. @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.key !== "Escape" || composing(event)) return
    event.stopPropagation()
    this.close()
  }

  /** @param {boolean} open */
  #show(open) {
    this.panel.hidden = !open
    this.toggle.setAttribute("aria-expanded", String(open))
  }
}
