// How the page looks, the link to its settings, and the list of keys.

import { ROOT } from "../browser/addresses.js"
import { linkFor } from "../models/settings-link.js"
import { find, write } from "./element.js"

const YEAR_S = 365 * 24 * 3600

export class AppearanceView {
  dialog = find("shortcuts", HTMLDialogElement)
  done = find("settings-done", HTMLElement)
  undo = find("settings-undo", HTMLButtonElement)

  /**
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(preferences, words) {
    this.preferences = preferences
    this.words = words
  }

  start() {
    find("shortcuts-open", HTMLButtonElement).addEventListener("click", () => this.showKeys())
    find("settings-share", HTMLButtonElement).addEventListener("click", () => this.#share())
    this.undo.addEventListener("click", () => this.#undo())
    find("settings-forget", HTMLButtonElement).addEventListener("click", () => this.#forget())
    // Closes the list and nothing else.
    this.dialog.addEventListener("keydown", event => { if (event.key === "Escape") event.stopPropagation() })
    this.render()
  }

  /** Kept in a cookie too, so that the server sends the page in it. */
  render() {
    const { theme, captions } = this.preferences.values
    const root = document.documentElement
    if (theme === "auto") delete root.dataset.theme
    else root.dataset.theme = theme
    root.dataset.captions = captions
    document.cookie = `theme=${theme}; path=${ROOT.pathname}; max-age=${theme === "auto" ? 0 : YEAR_S}; samesite=lax`
  }

  showKeys() {
    if (!this.dialog.open) this.dialog.showModal()
  }

  /** The settings came with the link. */
  adopted() {
    write(this.done, this.words.say("settings.adopted"))
    this.undo.hidden = false
    this.undo.scrollIntoView({ block: "nearest" })
  }

  #undo() {
    this.preferences.undo()
    this.undo.hidden = true
    write(this.done, this.words.say("settings.undone"))
    this.done.focus()
  }

  async #share() {
    try {
      await navigator.clipboard.writeText(linkFor(this.preferences.chosen, location.href))
      write(this.done, this.words.say("settings.shared"))
    } catch {
      write(this.done, this.words.say("settings.share.failed"))
    }
  }

  #forget() {
    this.preferences.forget()
    this.undo.hidden = true
    write(this.done, this.words.say("settings.forgotten"))
  }
}
