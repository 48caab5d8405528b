// A tool that was used, in its place in the transcript: which, how it went, and, unfolded, what was asked and what
// came.

import { toolName, toolState } from "../models/tool.js"
import { element, icon, write } from "./element.js"

export class ToolView {
  what = element("span", { class: "words" })
  // The row is announced when it comes; how the tool went is heard from the answer.
  state = element("span", { class: "state", "aria-live": "off" })
  asked = element("pre", { dir: "ltr" })
  result = element("pre", { dir: "auto" })

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(entry, words) {
    this.words = words
    this.parts = [
      this.#part("transcript.tool.arguments", this.asked), this.#part("transcript.tool.result", this.result)
    ]
    const summary = element("summary", {}, icon("wrench"), this.what, this.state, icon("down"))
    const details = element(
      "details", {}, summary, element("div", { class: "parts", "aria-live": "off" }, ...this.parts)
    )
    this.root = element("div", { class: "entry", "data-item": entry.id, "data-role": entry.role }, details)
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  render({ tool, final }) {
    this.root.hidden = tool === null
    if (tool === null) return
    write(this.what, toolName(tool, this.words))
    write(this.state, toolState(tool, this.words))
    write(this.asked, tool.arguments)
    write(this.result, tool.result ?? "")
    for (const part of this.parts) part.hidden = part.lastChild?.textContent === ""
    this.root.dataset.state = tool.state
    this.root.toggleAttribute("data-final", final)
  }

  /** @param {string} key @param {HTMLElement} text */
  #part(key, text) {
    return element("div", {}, element("p", { class: "label" }, this.words.say(key)), text)
  }
}
