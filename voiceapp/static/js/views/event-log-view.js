// The drawer with the upstream's events. While it is closed nothing is asked for and nothing drawn.

import { Drawer } from "./drawer.js"
import { element, find, icon, write } from "./element.js"

export class EventLogView {
  clearer = find("log-clear", HTMLButtonElement)
  body = find("log-rows", HTMLElement)
  scroller = find("log-scroller", HTMLElement)
  empty = find("log-empty", HTMLElement)
  count = find("log-count", HTMLElement)
  usage = find("log-usage", HTMLElement)
  /** @type {Map<number, {root: HTMLElement, times: number}>} */
  rows = new Map()
  pending = false

  /**
   * @param {import("../event-log.js").EventLog} log
   * @param {import("../i18n.js").Words} words
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void}} delegate
   */
  constructor(log, words, delegate) {
    this.log = log
    this.words = words
    this.drawer = new Drawer("log", delegate)
  }

  start() {
    this.drawer.start()
    this.clearer.addEventListener("click", () => this.log.clear())
  }

  get opened() {
    return this.drawer.opened
  }

  render() {
    if (this.pending || !this.opened) return
    this.pending = true
    requestAnimationFrame(() => this.#renderNow())
  }

  /** @param {import("../wire.js").Tokens} total */
  renderUsage({ input_tokens, output_tokens }) {
    this.usage.hidden = false
    write(this.usage, this.words.say("log.usage", { input: input_tokens, output: output_tokens }))
  }

  #renderNow() {
    this.pending = false
    const { scrollHeight, scrollTop, clientHeight } = this.scroller
    const atEnd = scrollHeight - scrollTop - clientHeight < 48
    this.#forget(new Set(this.log.rows.map(({ id }) => id)))
    for (const row of this.log.rows) this.#renderRow(row)
    this.#renderCount()
    if (atEnd) this.scroller.scrollTop = this.scroller.scrollHeight
  }

  #renderCount() {
    const none = this.log.rows.length === 0
    this.empty.hidden = !none
    write(this.empty, this.words.say(document.body.dataset.phase === "live" ? "log.empty.live" : "log.empty.idle"))
    write(this.count, this.words.say("log.count", { count: this.log.total }))
  }

  /** @param {Set<number>} kept */
  #forget(kept) {
    for (const [id, { root }] of this.rows) {
      if (kept.has(id)) continue
      this.rows.delete(id)
      root.remove()
    }
  }

  /** @param {import("../event-log.js").Row} row */
  #renderRow(row) {
    const known = this.rows.get(row.id) ?? this.#newRow(row)
    if (known.times === row.times) return
    known.times = row.times
    known.root.replaceChildren(this.#direction(row), this.#type(row), cell("time", this.#time(row.at)), cell("size", this.#size(row.bytes)))
  }

  /** @param {import("../event-log.js").Row} row */
  #newRow(row) {
    const known = { root: element("tr", { "data-direction": row.direction }), times: 0 }
    this.rows.set(row.id, known)
    this.body.append(known.root)
    return known
  }

  /** @param {import("../event-log.js").Row} row */
  #direction({ direction }) {
    return element("td", { class: "direction" }, icon(direction), element("span", { class: "visually-hidden" }, this.words.say(`log.${direction}`)))
  }

  /** @param {import("../event-log.js").Row} row */
  #type({ type, times, summary }) {
    const title = element("span", { class: "type" }, type)
    if (times > 1) title.append(" ", element("span", { class: "times" }, `×${this.words.numbers.format(times)}`))
    return element("td", {}, title, ...summary ? [element("span", { class: "summary" }, summary)] : [])
  }

  /** @param {number} ms */
  #time(ms) {
    return this.words.say("log.seconds", { seconds: (ms / 1000).toFixed(1) })
  }

  /** @param {number} bytes */
  #size(bytes) {
    return bytes < 1000 ? this.words.say("log.bytes", { bytes }) : this.words.say("log.kilobytes", { kilobytes: (bytes / 1000).toFixed(1) })
  }
}

/**
 * @param {string} kind
 * @param {string} text
 */
function cell(kind, text) {
  return element("td", { class: kind }, text)
}
