// The list of a call's events. Only the rows in sight are drawn; while it is closed nothing is asked for and
// nothing drawn.

import { decimal } from "../models/amounts.js"
import { rateOf } from "../models/event-rate.js"
import { isOfPage } from "../models/passed-events.js"
import { inSight } from "./virtual-list.js"
import { element, find, icon, write } from "./element.js"

const COPIED_MS = 2000
const KEYS = ["ArrowDown", "ArrowUp", "Home", "End", "PageDown", "PageUp"]

export class InspectorView {
  list = find("log-rows", HTMLElement)
  scroller = find("log-scroller", HTMLElement)
  empty = find("log-empty", HTMLElement)
  count = find("log-count", HTMLElement)
  rates = find("log-rates", HTMLElement)
  detail = find("log-detail", HTMLElement)
  back = find("log-back", HTMLButtonElement)
  type = find("log-type", HTMLElement)
  body = find("log-body", HTMLElement)
  search = find("log-search", HTMLInputElement)
  direction = find("log-direction", HTMLSelectElement)
  group = find("log-group", HTMLInputElement)
  pause = find("log-pause", HTMLButtonElement)
  copy = find("log-copy", HTMLButtonElement)
  /** The row's id, 0 for none: its place changes as the oldest go. */
  chosen = 0
  /** @type {Map<number, {root: HTMLElement, times: number, at: number}>} */
  drawn = new Map()
  pending = false
  following = true
  /** Where the end was when it was last kept. */
  end = 0
  /** What is in the chosen one is looked at: in a small window in place of the list, as css/timeline.css has it. */
  reading = false
  /** What had the focus before. @type {Element | null} */
  before = null

  /**
   * @param {import("../models/inspector.js").Inspector} inspector
   * @param {import("../browser/i18n.js").Words} words
   * @param {import("./drawer.js").Drawer} drawer in which it stands
   * @param {{eventsWanted: () => void,
   *   rowChosen: (line: import("../models/inspector.js").Line | null) => void}} delegate
   */
  constructor(inspector, words, drawer, delegate) {
    this.inspector = inspector
    this.words = words
    this.delegate = delegate
    this.drawer = drawer
  }

  start() {
    const { inspector } = this
    find("log-clear", HTMLButtonElement).addEventListener("click", () => this.#over(() => inspector.clear()))
    this.search.addEventListener("input", () => this.#over(() => inspector.search(this.search.value)))
    this.direction.addEventListener("change", () => this.#over(
      () => inspector.filter(/** @type {import("../models/inspector.js").Direction} */ (this.direction.value))
    ))
    this.group.addEventListener("change", () => this.#over(() => inspector.group(this.group.checked)))
    this.pause.addEventListener("click", () => inspector.pause(!inspector.paused))
    this.copy.addEventListener("click", () => this.#copy())
    find("log-save", HTMLButtonElement).addEventListener("click", () => this.delegate.eventsWanted())
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true })
    // What stands above it or below takes of its room.
    new ResizeObserver(() => this.render()).observe(this.scroller)
    this.list.addEventListener("click", event => this.#clicked(event))
    this.list.addEventListener("keydown", event => this.#keyPressed(event))
    this.back.addEventListener("click", () => this.#goBack())
    this.detail.addEventListener("keydown", event => this.#detailKeyPressed(event))
  }

  /**
   * It was chosen elsewhere: it is seen, whatever hid it.
   * @param {import("../models/inspector.js").Line} line
   * @param {boolean} read
   */
  chooseLine(line, read) {
    const place = this.inspector.placeOf(line)
    if (place < 0) return
    this.search.value = this.inspector.query
    this.direction.value = this.inspector.direction
    this.#choose(this.inspector.rows[place].id)
    if (read) this.#read()
    this.#stretch()
    this.#reveal(place)
  }

  /** With the newest in sight, if none is chosen. */
  opened() {
    this.following = !this.chosen
    this.#renderNow()
  }

  render() {
    if (this.pending || !this.drawer.opened) return
    this.pending = true
    requestAnimationFrame(() => this.#renderNow())
  }

  /** Other rows are seen from now on. @param {() => void} change */
  #over(change) {
    this.list.replaceChildren()
    this.drawn.clear()
    this.chosen = 0
    this.delegate.rowChosen(null)
    this.following = true
    change()
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller
    // Where the end has moved on since it was kept, the reader has not left it.
    const stayed = this.following && scrollTop >= this.end
    if (clientHeight) this.following = stayed || scrollHeight - scrollTop - clientHeight < 48
    this.render()
  }

  get #rowHeight() {
    return 2.75 * parseFloat(getComputedStyle(document.documentElement).fontSize)
  }

  #renderNow() {
    this.pending = false
    const { rows, paused } = this.inspector
    this.#stretch()
    const height = this.scroller.clientHeight
    const rowHeight = this.#rowHeight
    if (this.following && !paused) this.#keepEnd()
    const { first, end } = inSight({ count: rows.length, rowHeight, scrollTop: this.scroller.scrollTop, height })
    this.#draw(rows.slice(first, end), first, rowHeight)
    this.#renderWords()
  }

  #keepEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight
    this.end = this.scroller.scrollTop
  }

  /** What is hidden cannot be scrolled. */
  #stretch() {
    const { rows } = this.inspector
    this.list.hidden = rows.length === 0
    this.empty.hidden = rows.length > 0
    this.list.style.height = `${rows.length * this.#rowHeight}px`
  }

  /**
   * A row that stays in sight stays the same element, or a click between two events would be lost.
   * @param {import("../models/inspector.js").Row[]} rows
   * @param {number} first
   * @param {number} rowHeight
   */
  #draw(rows, first, rowHeight) {
    const seen = new Set(rows.map(({ id }) => id))
    for (const [id, { root }] of this.drawn) if (!seen.has(id) && this.drawn.delete(id)) root.remove()
    rows.forEach((row, i) => this.#place(row, first + i, (first + i) * rowHeight))
  }

  /**
   * @param {import("../models/inspector.js").Row} row
   * @param {number} place
   * @param {number} top
   */
  #place(row, place, top) {
    const known = this.drawn.get(row.id) ?? {
      root: this.list.appendChild(element("div", { class: "log-row", role: "option", id: `log-row-${row.id}` })),
      times: 0, at: 0
    }
    this.drawn.set(row.id, known)
    const { root } = known
    const at = this.inspector.events.timeOf(row.first)
    if (known.times !== row.times || known.at !== at) this.#fill(root, row, at)
    Object.assign(known, { times: row.times, at })
    root.style.top = `${top}px`
    root.setAttribute("aria-selected", String(row.id === this.chosen))
    root.setAttribute("aria-setsize", String(this.inspector.rows.length))
    root.setAttribute("aria-posinset", String(place + 1))
  }

  #renderWords() {
    const { rows, paused, total, events: { lines } } = this.inspector
    const rate = rateOf(lines)
    write(
      this.empty,
      this.words.say(total ? "log.none" : document.body.dataset.phase === "live" ? "log.empty.live" : "log.empty.idle")
    )
    write(this.count, this.words.say("log.count", { count: total }))
    write(this.rates, total ? this.words.say(
      "log.rates", { rate: Math.round(rate.events), size: this.#size(Math.round(rate.bytes)) }
    ) : "")
    this.pause.setAttribute("aria-pressed", String(paused))
    this.#renderChosen(rows[this.#chosenPlace])
  }

  /** @param {import("../models/inspector.js").Row | undefined} row */
  #renderChosen(row) {
    this.list.toggleAttribute("data-chosen", Boolean(row))
    if (row && this.drawn.has(row.id)) this.list.setAttribute("aria-activedescendant", `log-row-${row.id}`)
    else this.list.removeAttribute("aria-activedescendant")
    if (!row && this.reading) this.#goBack()
    this.detail.hidden = !row
    if (!row) return
    write(this.type, row.line.type)
    write(this.body, readable(row.line))
  }

  /** Among what is seen; -1 for none, or if it is no longer there. */
  get #chosenPlace() {
    return this.chosen ? this.inspector.rows.findIndex(({ id }) => id === this.chosen) : -1
  }

  /** @param {HTMLElement} root @param {import("../models/inspector.js").Row} row @param {number} at */
  #fill(root, { line, times, bytes }, at) {
    const { direction, type, summary } = line
    const way = this.words.say(`log.${isOfPage(line) ? "page." : ""}${direction}`)
    const said = element("span", { class: "visually-hidden" }, way)
    const title = element("span", { class: "type" }, type, times > 1 ? ` ×${this.words.numbers.format(times)}` : "")
    const time = this.words.say("log.seconds", { seconds: this.#tenths(at) })
    root.dataset.direction = direction
    root.toggleAttribute("data-page", isOfPage(line))
    root.replaceChildren(
      icon(direction === "here" ? "dots" : direction), said,
      element("span", { class: "what" }, title, element("span", { class: "summary", dir: "auto" }, summary)),
      element("span", { class: "quiet" }, time), element("span", { class: "quiet" }, this.#size(bytes))
    )
  }

  /** Of a thousand. @param {number} n */
  #tenths(n) {
    return decimal(n / 1000, 1, this.words.language)
  }

  /** @param {number} bytes */
  #size(bytes) {
    return bytes < 1000 ? this.words.say("log.bytes", { bytes }) : this.words.say(
      "log.kilobytes", { kilobytes: this.#tenths(bytes) }
    )
  }

  /** @param {Event} event */
  #clicked(event) {
    const row = /** @type {Element} */ (event.target).closest(".log-row")
    if (!row) return
    this.#choose(Number(row.id.replace("log-row-", "")))
    this.#read()
  }

  #read() {
    this.reading = true
    this.before = document.activeElement
    this.drawer.panel.toggleAttribute("data-reading", true)
    this.#renderChosen(this.inspector.rows[this.#chosenPlace])
    // Where the list is still beside it there is no way back, and nothing happens.
    this.back.focus()
  }

  #goBack() {
    const { back, before, body } = this
    const led = [back, body].some(part => part === document.activeElement) && back.checkVisibility()
    this.reading = false
    this.drawer.panel.toggleAttribute("data-reading", false)
    this.#reveal(this.#chosenPlace)
    if (led && before instanceof HTMLElement) before.focus()
    this.render()
  }

  /** Only the way back, where there is one, and not out of the drawer. @param {KeyboardEvent} event */
  #detailKeyPressed(event) {
    if (event.key !== "Escape" || !this.back.checkVisibility()) return
    event.stopPropagation()
    this.#goBack()
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.key === "Enter" && this.chosen) {
      // Or it would press the way back.
      event.preventDefault()
      return this.#read()
    }
    if (!KEYS.includes(event.key)) return
    event.preventDefault()
    const last = this.inspector.rows.length - 1
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.#rowHeight) - 1)
    const now = this.#chosenPlace < 0 ? last : this.#chosenPlace
    const next = [now + 1, now - 1, 0, last, now + page, now - page][KEYS.indexOf(event.key)]
    const place = Math.max(0, Math.min(last, next))
    this.#choose(this.inspector.rows[place]?.id ?? 0)
    this.#reveal(place)
  }

  /** @param {number} id */
  #choose(id) {
    this.chosen = id
    this.delegate.rowChosen(this.inspector.rows[this.#chosenPlace]?.first ?? null)
    this.following = false
    this.render()
    // Again, once what is in it has taken its room.
    requestAnimationFrame(() => this.#reveal(this.#chosenPlace))
  }

  /** The row, and what is in it. @param {number} place */
  #reveal(place) {
    if (place < 0 || !this.scroller.clientHeight) return
    const top = place * this.#rowHeight
    const { scrollTop, clientHeight } = this.scroller
    if (top < scrollTop) this.scroller.scrollTop = top
    else if (top + this.#rowHeight > scrollTop + clientHeight)
      this.scroller.scrollTop = top + this.#rowHeight - clientHeight
    this.body.scrollIntoView({ block: "nearest" })
  }

  /** The chosen one, or all that are seen. */
  async #copy() {
    const { rows } = this.inspector
    const chosen = rows[this.#chosenPlace]
    const lines = (chosen ? [chosen] : rows).map(({ line }) => JSON.stringify(line))
    try {
      await navigator.clipboard.writeText(lines.join("\n"))
      write(this.copy, this.words.say("log.copied"))
    } catch {
      write(this.copy, this.words.say("log.copy.failed"))
    }
    setTimeout(() => write(this.copy, this.words.say("log.copy")), COPIED_MS)
  }
}

/** @param {import("../models/inspector.js").Line} line */
function readable({ body }) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
