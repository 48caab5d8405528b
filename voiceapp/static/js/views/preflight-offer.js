// The two ways into the check before a call: on the welcome screen until it was done or skipped, and in the settings.

import { find, write } from "./element.js"

/** What is needed for a call comes first. */
const LATER_MS = 5000

export class PreflightOffer {
  offer = find("preflight-offer", HTMLButtonElement)
  opener = find("preflight-open", HTMLButtonElement)

  /**
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   * @param {{preflightNear: () => Promise<unknown>, preflightWanted: () => void, callActive: boolean}} delegate
   */
  constructor(preferences, words, delegate) {
    this.preferences = preferences
    this.words = words
    this.delegate = delegate
  }

  start() {
    // Without a connection the press itself says so.
    const near = () => this.delegate.preflightNear().catch(() => {})
    setTimeout(() => { if (!this.delegate.callActive) near() }, LATER_MS)
    for (const button of [this.offer, this.opener]) {
      for (const type of ["pointerenter", "focus"]) button.addEventListener(type, near)
      button.addEventListener("click", () => this.delegate.preflightWanted())
    }
    this.render()
  }

  render() {
    const { preflight } = this.preferences.values
    this.offer.hidden = preflight !== ""
    this.opener.disabled = this.delegate.callActive
    write(find("preflight-remembered", HTMLElement), this.words.say(`preflight.remembered.${preflight || "never"}`))
  }
}
