// What was typed and does not stand in the conversation yet, below it; with what to do where it could not be sent.

import { element, find } from "./element.js"

/** @type {Record<import("../call/outbox.js").TypedState, string>} */
const STATES = { waiting: "outbox.waiting", sent: "outbox.sent", unsent: "outbox.unsent" }

/** The call has it, but not its line. @param {import("../call/outbox.js").Typed} typed */
function whereIs({ state, handed }) {
  return state === "waiting" && handed ? "outbox.away" : STATES[state]
}

export class OutboxView {
  root = find("outbox", HTMLElement)
  scroller = find("scroller", HTMLElement)
  /** @type {Map<number, {root: HTMLElement, where: string}>} */
  rows = new Map()

  /**
   * @param {import("../call/outbox.js").Outbox} outbox
   * @param {import("./composer-view.js").ComposerView} composer
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(outbox, composer, words) {
    this.outbox = outbox
    this.composer = composer
    this.words = words
  }

  render() {
    const { all } = this.outbox
    const grown = all.length > this.root.children.length
    this.rows = new Map(all.map(typed => [typed.n, this.#row(typed)]))
    const wanted = [...this.rows.values()].map(({ root }) => root)
    if (wanted.length !== this.root.children.length || wanted.some((row, i) => row !== this.root.children[i]))
      this.root.replaceChildren(...wanted)
    // What was sent, a page that is loaded again knows or is told of.
    this.composer.keep(all.filter(({ taken, number }) => !taken && number === null).map(({ text }) => text))
    if (grown) this.scroller.scrollTop = this.scroller.scrollHeight
  }

  /**
   * The same element as long as nothing of it changes: its buttons keep their focus.
   * @param {import("../call/outbox.js").Typed} typed
   */
  #row(typed) {
    const row = this.rows.get(typed.n)
    const where = whereIs(typed)
    return row?.where === where ? row : { root: this.#make(typed, where), where }
  }

  /** @param {import("../call/outbox.js").Typed} typed @param {string} where */
  #make({ n, text, state }, where) {
    const mark = element("p", { class: "mark" }, this.words.say(where))
    const buttons = state === "unsent" ? [
      this.#button("outbox.again", () => this.outbox.again(n)), this.#button("outbox.edit", () => this.#edit(n, text))
    ] : []
    const words = element("p", { class: "words" }, element("span", { class: "text", dir: "auto" }, text))
    return element(
      // Nobody is told what they have just typed themselves, step by step; but that it was not sent.
      "div", {
        class: "entry typed", "data-role": "user", "data-typed": state, "aria-live": state !== "unsent" && "off"
      }, words,
      element("div", { class: "marks" }, mark, ...buttons)
    )
  }

  /** @param {number} n @param {string} text */
  #edit(n, text) {
    this.outbox.remove(n)
    this.composer.giveBack([text])
    this.composer.box.focus()
  }

  /** @param {string} key @param {() => void} pressed */
  #button(key, pressed) {
    const button = element("button", { type: "button", class: "plain" }, this.words.say(key))
    button.addEventListener("click", pressed)
    return button
  }
}
