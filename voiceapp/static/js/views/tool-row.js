// The place of a tool in the transcript. What draws it is loaded with the first one, since most talks use none.

import { element } from "./element.js"

/** Somebody may be asked here, so what did not come is not waited for until the next tool. */
const AGAIN_MS = 3000
/** Within a minute nobody waits for an answer any more. */
const TRIES = 20

/**
 * @typedef {object} ToolDelegate
 * @property {(item: string, yes: boolean) => boolean} toolAnswered whether a tool may run; false: nobody can be told
 * @property {() => AudioContext | null} toolSound where a tool at work may be heard now
 * @property {() => void} partMissing
 */

export class ToolRow {
  /** @type {import("./tool-view.js").ToolView | null} */
  view = null

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {import("../browser/i18n.js").Words} words
   * @param {ToolDelegate} delegate
   */
  constructor(entry, words, delegate) {
    this.entry = entry
    this.words = words
    this.delegate = delegate
    this.root = element("div", { class: "entry", "data-item": entry.id, "data-role": "tool", hidden: true })
    this.#load(delegate.partMissing)
  }

  /** @param {() => void} missing */
  async #load(missing, tries = TRIES) {
    const part = await load(this.words).catch(missing)
    if (!part) {
      if (tries > 1) setTimeout(() => this.root.isConnected && this.#load(() => {}, tries - 1), AGAIN_MS)
      return
    }
    this.view = new part.ToolView(this.root, this.words, this.delegate)
    this.view.render(this.entry)
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  render(entry) {
    this.entry = entry
    this.view?.render(entry)
  }
}

/** @param {import("../browser/i18n.js").Words} words */
async function load(words) {
  const part = await import("./tool-view.js")
  await Promise.all([part.style(), words.has("tool.ask") || words.more("tool")])
  return part
}
