// Notices, each an alert of its own, drawn and announced once. One is seen at a time, the latest; information only for
// a while, whose time runs while it is seen. Whoever does not see is told all of them, for as long as they are true.

import { element, find, icon, write } from "./element.js"

const SEEN_MS = 6000

export class NoticesView {
  list = find("notices", HTMLElement)
  /** @type {Map<string, HTMLElement>} */
  nodes = new Map()
  /** Whose time runs, and how often it was said when that began. @type {{code: string, times: number} | null} */
  fading = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {import("../models/notices.js").Notices} notices
   * @param {import("../browser/i18n.js").Words} words
   * @param {{noticeHelps: Record<import("../models/notice-ends.js").Help, () => unknown>}} delegate
   */
  constructor(notices, words, delegate) {
    this.notices = notices
    this.words = words
    this.delegate = delegate
  }

  render() {
    const { all, shown } = this.notices
    const codes = new Set(all.map(({ code }) => code))
    for (const [code, node] of this.nodes) if (!codes.has(code)) this.#remove(code, node)
    for (const notice of all) this.#show(notice)
    for (const [code, node] of this.nodes) node.toggleAttribute("data-shown", code === shown?.code)
    this.#fadeLater(shown?.fades ? shown : null)
  }

  /** @param {import("../models/notices.js").Notice} notice */
  #show(notice) {
    const { title, next, progress } = notice
    const known = this.nodes.get(notice.code)
    if (known && known.hasAttribute("data-fatal") !== notice.fatal) this.#remove(notice.code, known)
    const node = this.nodes.get(notice.code) ?? this.#add(notice)
    for (const [name, words] of Object.entries({ title, next, progress }))
      write(/** @type {Element} */ (node.querySelector(`[data-part=${name}]`)), words)
  }

  /** One that is covered waits: its time begins when it is seen. @param {{code: string, times: number} | null} seen */
  #fadeLater(seen) {
    if (seen?.code === this.fading?.code && seen?.times === this.fading?.times) return
    clearTimeout(this.timer)
    this.fading = seen
    if (seen) this.timer = setTimeout(() => this.#fade(seen), SEEN_MS)
  }

  /** Not while somebody is at it, and not unseen. @param {{code: string, times: number}} seen */
  #fade(seen) {
    this.fading = null
    if (document.hidden || this.nodes.get(seen.code)?.matches(":hover, :focus-within")) this.#fadeLater(seen)
    else this.notices.fade(seen.code)
  }

  /**
   * Still without its words, which are announced as they come.
   * @param {import("../models/notices.js").Notice} notice
   */
  #add({ code, fatal, help }) {
    const words = element(
      "p", {}, element("span", { "data-part": "next", dir: "auto" }), " ",
      element("span", { "data-part": "progress", "aria-live": "off" })
    )
    const text = element("div", { class: "notice-text" }, element("strong", { "data-part": "title" }), words)
    const node = element(
      "div", { class: "notice", role: "alert", "data-code": code, "data-fatal": fatal }, icon(fatal ? "alert" : "info"),
      text, ...this.#helpButton(code, help), this.#dismissButton(code)
    )
    this.nodes.set(code, node)
    this.list.append(node)
    return node
  }

  /**
   * The one step that can be taken right here.
   * @param {string} code
   * @param {import("../models/notices.js").Notice["help"]} help
   */
  #helpButton(code, help) {
    if (!help) return []
    const own = `notice.${code}.button`
    const words = this.words.say(this.words.has(own) ? own : `notice.help.${help}`)
    const button = element("button", { type: "button", class: "plain help" }, words)
    button.addEventListener("click", () => this.delegate.noticeHelps[help]())
    return [button]
  }

  /** @param {string} code */
  #dismissButton(code) {
    const label = this.words.say("notice.dismiss")
    const button = element(
      "button", { type: "button", class: "plain dismiss", "aria-label": label, title: label }, icon("close")
    )
    button.addEventListener("click", () => this.notices.dismiss(code))
    return button
  }

  /**
   * @param {string} code
   * @param {HTMLElement} node
   */
  #remove(code, node) {
    this.nodes.delete(code)
    node.remove()
  }
}
