// The button that opens the bar above the conversation, which is loaded then.

import { find } from "./element.js"

export class TalkBarOpener {
  toggle = find("find-toggle", HTMLButtonElement)
  /** Once it was loaded. @type {import("./talk-bar.js").TalkBar | undefined} */
  bar
  /** Pressed again meanwhile, it opens once. @type {Promise<void> | null} */
  opening = null

  /** @param {import("../browser/i18n.js").Words} words @param {{partMissing: () => void}} delegate */
  constructor(words, delegate) {
    this.words = words
    this.delegate = delegate
  }

  start() {
    this.toggle.addEventListener("click", () => this.#pressed())
  }

  #pressed() {
    if (this.bar?.opened) this.bar.close()
    else this.opening ??= this.#open().catch(() => this.delegate.partMissing()).finally(() => { this.opening = null })
  }

  async #open() {
    const { TalkBar, style } = await import("./talk-bar.js")
    await Promise.all([style(), this.words.has("find.label") || this.words.more("find")])
    if (!this.bar) {
      this.bar = new TalkBar(this.words, this)
      this.bar.start()
    }
    this.bar.open()
    this.toggle.setAttribute("aria-expanded", "true")
  }

  talkBarClosed() {
    this.toggle.setAttribute("aria-expanded", "false")
    this.toggle.focus()
  }
}
