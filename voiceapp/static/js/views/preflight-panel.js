// The check and its dialog, joined. All of it comes later than the page: nobody needs it to talk.

import { addStylesheet } from "./stylesheet.js"
import { PreflightView } from "./preflight-view.js"
import { Preflight } from "../preflight/preflight.js"

// A module that waits at its top is given half made, by Safari, to the second who imports it: so the importer waits.
export const style = () => addStylesheet(new URL("../../css/preflight.css", import.meta.url))

export class PreflightPanel {
  /**
   * @param {import("../preflight/preflight.js").Parts} parts
   * @param {import("../browser/i18n.js").Words} words
   * @param {{callWanted: () => void, preflightMeasured: () => void}} delegate
   */
  constructor(parts, words, delegate) {
    this.delegate = delegate
    this.preflight = new Preflight(parts, this)
    this.view = new PreflightView(this.preflight, parts.preferences, words, delegate)
    this.view.start()
  }

  /** To be called inside a click or a key press. */
  open() {
    if (!this.view.dialog.open) this.view.open()
  }

  stop() {
    return this.preflight.stop()
  }

  preferenceChanged() {
    this.preflight.preferenceChanged()
  }

  // Preflight delegate

  preflightChanged() {
    this.view.render()
    if (!this.preflight.measuring) this.delegate.preflightMeasured()
  }

  /** @param {number} peak */
  preflightHeard(peak) {
    this.view.renderLevel(peak)
  }
}
