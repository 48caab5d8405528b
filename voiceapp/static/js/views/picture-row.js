// A picture in the transcript, as small as it is kept; where it is no longer at hand, in words.

import { element } from "./element.js"

export class PictureRow {
  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(entry, words) {
    this.words = words
    const time = element("time", { datetime: new Date(entry.at).toISOString() }, words.times.format(entry.at))
    this.frame = element("div", { class: "picture" })
    this.root = element(
      "div", { class: "entry", "data-item": entry.id, "data-role": entry.role, "data-final": true },
      element("span", { class: "who" }, words.say("transcript.you")), this.frame,
      element("div", { class: "foot", "aria-live": "off" }, element("span", { class: "about" }, time))
    )
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  render({ picture }) {
    this.frame.replaceChildren(shown(picture, this.words))
  }
}

/** @param {string | null | undefined} picture @param {import("../browser/i18n.js").Words} words */
export function shown(picture, words) {
  const alt = words.say("transcript.picture")
  return picture ? element("img", { src: picture, alt }) : element("p", { class: "mark" }, alt)
}
