// Notices, each an alert of its own; one that stays is not drawn again, so it is not announced again. How far something
// is
// moves in it without a word.

import { element, find, icon, write } from "./element.js"

export class NoticesView {
  list = find("notices", HTMLElement)
  /** @type {Map<string, HTMLElement>} */
  shown = new Map()

  /**
   * @param {import("../models/notices.js").Notices} notices
   * @param {import("../browser/i18n.js").Words} words
   * @param {{noticeAccepted: (code: string) => void}} delegate
   */
  constructor(notices, words, delegate) {
    this.notices = notices
    this.words = words
    this.delegate = delegate
  }

  render() {
    const codes = new Set(this.notices.all.map(({ code }) => code))
    for (const [code, node] of this.shown) if (!codes.has(code)) this.#remove(code, node)
    for (const notice of this.notices.all) this.#show(notice)
  }

  /** @param {import("../models/notices.js").Notice} notice */
  #show({ code, title, next, progress, fatal }) {
    const node = this.shown.get(code) ?? this.#add(code, fatal)
    for (const [name, words] of Object.entries({ title, next, progress }))
      write(/** @type {Element} */ (node.querySelector(`[data-part=${name}]`)), words)
  }

  /**
   * Still without its words, which are announced as they come.
   * @param {string} code
   * @param {boolean} fatal
   */
  #add(code, fatal) {
    const words = element(
      "p", {}, element("span", { "data-part": "next", dir: "auto" }), " ",
      element("span", { "data-part": "progress", "aria-live": "off" })
    )
    const text = element(
      "div", { class: "notice-text" }, element("strong", { "data-part": "title" }), words, ...this.#nextButton(code)
    )
    const node = element(
      "div", { class: "notice", role: "alert", "data-code": code, "data-fatal": fatal }, icon(fatal ? "alert" : "info"),
      text, this.#dismissButton(code)
    )
    this.shown.set(code, node)
    this.list.append(node)
    return node
  }

  /** Where the next step can be taken right here. @param {string} code */
  #nextButton(code) {
    if (!this.words.has(`notice.${code}.button`)) return []
    const button = element("button", { type: "button", class: "plain" }, this.words.say(`notice.${code}.button`))
    button.addEventListener("click", () => this.delegate.noticeAccepted(code))
    return [button]
  }

  /** @param {string} code */
  #dismissButton(code) {
    const label = this.words.say("notice.dismiss")
    const button = element(
      "button", { type: "button", class: "plain", "aria-label": label, title: label }, icon("close")
    )
    button.addEventListener("click", () => this.notices.dismiss(code))
    return button
  }

  /**
   * @param {string} code
   * @param {HTMLElement} node
   */
  #remove(code, node) {
    this.shown.delete(code)
    node.remove()
  }
}
