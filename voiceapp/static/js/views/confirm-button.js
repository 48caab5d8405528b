// A button for what cannot be undone: it asks once more, by itself, before it does it.

import { write } from "./element.js"

const CONFIRM_MS = 4000

export class ConfirmButton {
  asked = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {HTMLButtonElement} root
   * @param {{label: string, question: string}} texts
   * @param {() => void} confirmed
   */
  constructor(root, texts, confirmed) {
    this.root = root
    this.texts = texts
    this.confirmed = confirmed
    // A double click is no answer to a question that it has not read.
    root.addEventListener("click", ({ detail }) => { if (detail < 2) this.#pressed() })
  }

  #pressed() {
    const sure = this.asked
    this.#ask(!sure)
    if (sure) this.confirmed()
  }

  /** @param {boolean} asked */
  #ask(asked) {
    this.asked = asked
    write(this.root, asked ? this.texts.question : this.texts.label)
    clearTimeout(this.timer)
    if (asked) this.timer = setTimeout(() => this.#ask(false), CONFIRM_MS)
  }
}
