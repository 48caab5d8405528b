// The drawer of the upstream's events: what draws them is loaded when it is first opened.

import { Drawer } from "./drawer.js"

export class InspectorDrawer {
  /** Once it was loaded. @type {import("./inspector-view.js").InspectorView | undefined} */
  view

  /**
   * @param {import("../models/inspector.js").Inspector} inspector
   * @param {import("../browser/i18n.js").Words} words
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void, eventsWanted: () => void,
   *   partMissing: () => void}} delegate
   */
  constructor(inspector, words, delegate) {
    this.inspector = inspector
    this.words = words
    this.delegate = delegate
    this.drawer = new Drawer("log", delegate)
  }

  start() {
    this.drawer.start()
  }

  render() {
    if (!this.drawer.opened) return
    if (this.view) this.view.render()
    else this.#load().catch(() => this.delegate.partMissing())
  }

  async #load() {
    const { InspectorView } = await import("./inspector-view.js")
    if (this.view) return
    this.view = new InspectorView(this.inspector, this.words, this.drawer, this.delegate)
    this.view.start()
    this.view.render()
  }
}
