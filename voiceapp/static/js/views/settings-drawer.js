// The drawer of the settings: its tabs, and the search, which is loaded with the first look at them.

import { Drawer } from "./drawer.js"
import { find } from "./element.js"
import { TabList } from "./tab-list.js"

export class SettingsDrawer {
  tabs = new TabList("settings-tabs")
  box = find("settings-search", HTMLInputElement)
  /** Once it was asked for. @type {Promise<void> | undefined} */
  search

  /**
   * @param {{words: import("../browser/i18n.js").Words, partMissing: () => void, sampleNear: () => Promise<unknown>}
   *   & ConstructorParameters<typeof Drawer>[1]} delegate
   */
  constructor(delegate) {
    this.delegate = delegate
    this.drawer = new Drawer("settings", delegate)
  }

  start() {
    this.drawer.start()
    this.tabs.start()
  }

  /** With this part of them in sight. @param {Element} part */
  show(part) {
    this.drawer.open()
    // What was searched for hides all else.
    this.box.value = ""
    this.box.dispatchEvent(new Event("input"))
    this.tabs.show(part)
  }

  /** To one of them. @param {string} name */
  lead(name) {
    const control = /** @type {HTMLElement} */ (this.drawer.panel.querySelector(`[data-choice="${name}"]`))
    this.show(control)
    control.focus()
  }

  opened() {
    this.delegate.sampleNear().catch(() => {})
    this.search ??= this.#loadSearch().catch(() => {
      this.search = undefined
      this.delegate.partMissing()
    })
  }

  async #loadSearch() {
    const { SettingsSearch, style } = await import("./settings-search.js")
    await Promise.all([style(), this.delegate.words.more("search")])
    new SettingsSearch(this, this.delegate.words).start()
  }
}
