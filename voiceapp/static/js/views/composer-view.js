// The text box: Enter sends, Shift and Enter breaks the line, and Enter that ends an IME's composition does neither.
// What
// stands in it stays until it is sent: a text that is too long is not cut, and another page in this tab finds it again.

import { composing } from "../browser/shortcuts.js"
import { excess } from "../call/outbox.js"
import { find, write } from "./element.js"

const DRAFT = "voiceapp.draft"

export class ComposerView {
  form = find("composer", HTMLFormElement)
  box = find("message", HTMLTextAreaElement)

  note = find("composer-note", HTMLElement)
  /** @type {string[]} */
  unsent = []

  /**
   * @param {import("../browser/i18n.js").Words} words
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} drafts of this tab alone
   * @param {{textEntered: (text: string) => void}} delegate
   */
  constructor(words, drafts, delegate) {
    this.words = words
    this.drafts = drafts
    this.delegate = delegate
  }

  start() {
    this.form.addEventListener("submit", event => this.#submitted(event))
    this.box.addEventListener("keydown", event => this.#keyPressed(event))
    this.box.addEventListener("input", () => this.#fit())
    const draft = this.drafts?.getItem(DRAFT)
    if (draft) this.giveBack([draft])
  }

  /**
   * The page may go away at any time, and a phone says nothing before.
   * @param {string[]} unsent typed, and not in the conversation yet
   */
  keep(unsent) {
    this.unsent = unsent
    const draft = this.#joined(unsent)
    try {
      if (draft.trim()) this.drafts?.setItem(DRAFT, draft)
      else this.drafts?.removeItem(DRAFT)
    } catch {
      // No room for it.
    }
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return
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
    this.box.value = this.#joined(texts)
    this.#fit()
  }

  /** Before what stands in the box. @param {string[]} texts */
  #joined(texts) {
    return [...texts, this.box.value].filter(Boolean).join("\n")
  }

  #send() {
    const text = this.box.value.trim()
    if (!text || excess(text)) return
    this.box.value = ""
    this.#fit()
    this.delegate.textEntered(text)
  }

  /** As many rows as it has lines, up to five. */
  #fit() {
    this.box.rows = 1
    while (this.box.rows < 5 && this.box.scrollHeight > this.box.clientHeight) this.box.rows++
    const text = this.box.value.trim()
    const over = excess(text)
    this.form.toggleAttribute("data-filled", Boolean(text) && !over)
    this.note.hidden = over === 0
    write(this.note, over ? this.words.say("composer.too_long", { count: over }) : "")
    this.box.setAttribute("aria-invalid", String(over > 0))
    this.keep(this.unsent)
  }
}
