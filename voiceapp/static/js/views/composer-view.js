// The text box: Enter sends, Shift and Enter breaks the line, and Enter that ends an IME's composition does neither.

import { find } from "./element.js"

export class ComposerView {
  form = find("composer", HTMLFormElement)
  box = find("message", HTMLTextAreaElement)

  /** @param {{textEntered: (text: string) => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  start() {
    this.form.addEventListener("submit", event => this.#submitted(event))
    this.box.addEventListener("keydown", event => this.#keyPressed(event))
    this.box.addEventListener("input", () => this.#fit())
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    // Safari says so only by the key code.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    this.#send()
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault()
    this.#send()
  }

  /** What could not be sent stands there again, before what was written meanwhile. @param {string[]} texts */
  giveBack(texts) {
    this.box.value = [...texts, this.box.value].filter(Boolean).join("\n")
    this.#fit()
  }

  #send() {
    const text = this.box.value.trim()
    if (!text) return
    this.box.value = ""
    this.#fit()
    this.delegate.textEntered(text)
  }

  /** As many rows as it has lines, up to five. */
  #fit() {
    this.box.rows = 1
    while (this.box.rows < 5 && this.box.scrollHeight > this.box.clientHeight) this.box.rows++
    this.form.toggleAttribute("data-filled", this.box.value.trim() !== "")
  }
}
