// The drawer of past talks: what draws them is loaded when it is first opened.

import { titleOf } from "../history/talk.js"
import { Drawer } from "./drawer.js"
import { element, find, write } from "./element.js"

/** @typedef {import("./talks-view.js").TalksView} TalksView */

export class TalksDrawer {
  /** Once it was loaded. @type {TalksView | undefined} */
  view
  /** Above a talk on paper. */
  printed = element("h2", { class: "printed", dir: "auto" })

  /**
   * @param {import("../history/history-keeper.js").HistoryKeeper} keeper
   * @param {import("../browser/i18n.js").Words} words
   * @param {{settingWanted: (name: string) => void} & import("./talks-view.js").TalksDelegate
   *   & ConstructorParameters<typeof Drawer>[1]} delegate
   */
  constructor(keeper, words, delegate) {
    this.keeper = keeper
    this.words = words
    this.delegate = delegate
    this.drawer = new Drawer("talks", delegate)
  }

  start() {
    this.drawer.start()
    find("keep-choose", HTMLButtonElement).addEventListener("click", () => this.delegate.settingWanted("keep"))
    document.body.prepend(this.printed)
    addEventListener("beforeprint", () => this.#renderPrinted())
    this.renderKeep()
  }

  /** What the talk that is seen is called, and of when. */
  #renderPrinted() {
    const talk = this.drawer.opened && this.view?.detail?.talk || this.keeper.current
    const date = talk && new Date(talk.began).toLocaleString(
      this.words.language, { dateStyle: "medium", timeStyle: "short" }
    )
    write(this.printed, talk ? `${titleOf(talk, this.words)} · ${date}` : "")
  }

  renderKeep() {
    const { keep } = this.keeper.preferences.values
    for (const id of ["talks-keep", "welcome-keep"]) write(
      find(id, HTMLElement),
      this.words.say(keep === "sound" ? "keep.sound" : keep === "text" ? "keep.text" : "keep.nothing")
    )
  }

  render() {
    if (this.drawer.opened) this.#with(view => view.render())
  }

  /** @param {import("../history/talk.js").Talk} talk */
  show(talk) {
    this.drawer.open()
    this.#with(view => view.open(talk))
  }

  /** A call began, or is over. */
  callChanged() {
    this.view?.callChanged()
  }

  /** Nothing of the past is heard. */
  pause() {
    this.view?.pause()
  }

  /** @param {(view: TalksView) => unknown} act */
  #with(act) {
    if (this.view) act(this.view)
    else this.#load().then(act, () => this.delegate.partMissing())
  }

  async #load() {
    const { TalksView, style } = await import("./talks-view.js")
    await Promise.all([style(), this.words.has("talks.back") || this.words.more("talks")])
    if (!this.view) {
      this.view = new TalksView(this.keeper, this.words, this.drawer, this.delegate)
      this.view.start()
    }
    return this.view
  }
}
