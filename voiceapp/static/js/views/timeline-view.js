// The call on one axis of time, above the list of its events. A click or an arrow key chooses an event, there and in
// the list; for a screen reader it is a slider that says what happened at each moment.

import { isOfPage } from "../models/passed-events.js"
import { TimeWindow, lanesOf, mark, nearest } from "../models/timeline.js"
import { element, write } from "./element.js"
import { addStylesheet } from "./stylesheet.js"
import { TimelineBrush } from "./timeline-brush.js"

export const style = () => addStylesheet(new URL("../../css/timeline.css", import.meta.url))

const ZOOM = 1.5
/** A finger that moved less has clicked. */
const CLICK_PX = 5
/** Of a moment that is hit. */
const NEAR_PX = 14
const LANES = ["turns", "you", "assistant", "tools", "network", "page", "model"]
/** On which lane nothing but the moment counts. */
const WITHOUT_EVENTS = ["you"]

/** @typedef {import("../models/passed-events.js").Line} Line */

export class TimelineView {
  window = new TimeWindow()
  /** @type {Line | null} */
  chosen = null
  /** @type {Map<number, number>} where each finger is */
  fingers = new Map()
  moved = 0
  pending = false

  /**
   * @param {import("../models/call-log.js").CallLog} log
   * @param {import("../models/passed-events.js").PassedEvents} passed
   * @param {import("../browser/i18n.js").Words} words
   * @param {{lineChosen: (line: Line, read: boolean) => void}} delegate
   */
  constructor(log, passed, words, delegate) {
    this.log = log
    this.passed = passed
    this.words = words
    this.delegate = delegate
    this.canvas = element("canvas", {
      tabindex: "0", dir: "ltr", role: "slider", "aria-label": this.#text("label"),
      "aria-describedby": "timeline-told timeline-hint"
    })
    this.told = element("p", { class: "quiet note", id: "timeline-told" })
    this.root = element("details", { class: "timeline", open: innerHeight > 480 }, ...this.#parts())
    this.brush = new TimelineBrush(this.canvas, words)
  }

  /** @param {string} key */
  #text(key) {
    return this.words.say(`timeline.${key}`)
  }

  #parts() {
    const lanes = LANES.map(lane => element("li", { title: this.#text(lane) }, this.#text(lane)))
    return [
      element("summary", {}, this.#text("title")),
      element(
        "div", { class: "timeline-body" },
        element("ul", { class: "timeline-lanes", "aria-hidden": "true" }, ...lanes), this.canvas
      ),
      element(
        "div", { class: "timeline-zoom" },
        this.#button("wider", "−", () => this.window.zoom(ZOOM)),
        this.#button("whole", this.#text("whole"), () => this.window.showAll()),
        this.#button("closer", "+", () => this.window.zoom(1 / ZOOM))
      ),
      this.told,
      element("p", { class: "visually-hidden", id: "timeline-hint" }, this.#text("hint"))
    ]
  }

  /** @param {string} name @param {string} text @param {() => void} act */
  #button(name, text, act) {
    const label = this.#text(name)
    const button = element("button", { class: "plain", type: "button", "aria-label": label, title: label }, text)
    button.addEventListener("click", () => this.#change(act))
    return button
  }

  start() {
    const { canvas } = this
    canvas.addEventListener("wheel", event => this.#turned(event), { passive: false })
    canvas.addEventListener("pointerdown", event => this.#pressed(event))
    canvas.addEventListener("pointermove", event => this.#drawn(event))
    canvas.addEventListener("pointerup", event => this.#released(event))
    canvas.addEventListener("pointercancel", ({ pointerId }) => this.fingers.delete(pointerId))
    canvas.addEventListener("keydown", event => this.#keyPressed(event))
    this.root.addEventListener("toggle", () => this.render())
    new ResizeObserver(() => this.render()).observe(canvas)
  }

  render() {
    if (this.pending || !this.root.open) return
    this.pending = true
    requestAnimationFrame(() => this.#renderNow())
  }

  /** Of the call before nothing is on the axis. */
  callBegun() {
    this.chosen = null
    this.window = new TimeWindow()
    this.render()
  }

  /** It was chosen in the list, which has those of earlier calls, too. @param {Line | null} chosen */
  choose(chosen) {
    const line = chosen && this.passed.clocks.get(chosen) === this.log.clock ? chosen : null
    if (line === this.chosen) return
    this.chosen = line
    if (line) this.window.reveal(this.passed.timeOf(line))
    this.#renderValue()
    this.render()
  }

  #renderNow() {
    this.pending = false
    const { log, window } = this
    const entries = log.entries
    const model = this.#model
    const ends = model.slice(-1).map(({ at, until = at }) => until + this.#skew)
    const last = Math.max(0, ...entries.map(({ end }) => end), ...ends)
    window.grow(last, Math.min(0, ...model.slice(0, 1).map(({ at }) => at + this.#skew)))
    const lanes = lanesOf(entries, last)
    this.brush.draw({
      window, lanes, entries, model, skew: this.#skew, levels: log.levels, trips: log.trips,
      chosen: this.chosen && this.passed.timeOf(this.chosen)
    })
    this.#renderWords(lanes, last)
  }

  /** @param {import("../models/timeline.js").Lanes} lanes @param {number} last */
  #renderWords({ came, tools, away }, last) {
    const { words, log } = this
    const said = new Set(came.map(({ kind }) => kind)).size
    const slowest = log.trips.most(0, Infinity)
    write(this.told, log.arrived === log.before ? words.say("timeline.empty") : words.say("timeline.told", {
      time: mark(last, 1000), answers: said, tools: tools.length, losses: away.length, ms: slowest
    }))
    this.#renderValue()
  }

  /** At once: whoever hears it has pressed a key. */
  #renderValue() {
    const { canvas, chosen, window: { start, whole } } = this
    canvas.setAttribute("aria-valuemin", String(Math.round(start)))
    canvas.setAttribute("aria-valuemax", String(Math.round(whole)))
    canvas.setAttribute("aria-valuenow", String(Math.round(chosen ? this.passed.timeOf(chosen) : whole)))
    canvas.setAttribute("aria-valuetext", chosen ? this.#nameOf(chosen) : this.words.say("timeline.nothing"))
  }

  /** @param {Line} line */
  #nameOf(line) {
    const { state } = isOfPage(line) && line.type === "state" ? /** @type {any} */ (line.content?.[0]) ?? {} : {}
    const time = mark(this.passed.timeOf(line), 100)
    // The end is named by when it came.
    const event = state ? this.words.say(`status.${state}`, { time }) : line.type
    return this.words.say("timeline.at", { time, event })
  }

  get #skew() {
    return this.log.clock.skew
  }

  /** Those between server and model that came of this call. */
  get #model() {
    return this.passed.since(this.log.model)
  }

  /** @param {() => void} change */
  #change(change) {
    change()
    this.render()
  }

  /** Milliseconds to a pixel. */
  get #scale() {
    return this.window.span / Math.max(1, this.canvas.clientWidth)
  }

  /** @param {{clientX: number}} event */
  #momentAt({ clientX }) {
    return this.window.from + (clientX - this.canvas.getBoundingClientRect().left) * this.#scale
  }

  /** @param {WheelEvent} event */
  #turned(event) {
    event.preventDefault()
    const { deltaX, deltaY } = event
    const sideways = Math.abs(deltaX) > Math.abs(deltaY)
    this.#change(() => sideways || event.shiftKey
      ? this.window.move((sideways ? deltaX : deltaY) * this.#scale)
      : this.window.zoom(Math.exp(deltaY * (event.ctrlKey ? 0.01 : 0.002)), this.#momentAt(event)))
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button !== 0) return
    this.canvas.setPointerCapture(event.pointerId)
    if (this.fingers.size === 0) this.moved = 0
    this.fingers.set(event.pointerId, event.clientX)
  }

  /** One finger moves the call, two make it longer or shorter. @param {PointerEvent} event */
  #drawn(event) {
    const before = this.fingers.get(event.pointerId)
    if (before === undefined) return
    const others = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, x]) => x)
    this.fingers.set(event.pointerId, event.clientX)
    this.moved += Math.abs(event.clientX - before) + others.length * CLICK_PX
    if (this.moved < CLICK_PX) return
    const [other] = others
    this.#change(() => other === undefined
      ? this.window.move((before - event.clientX) * this.#scale)
      : this.window.zoom(
        Math.max(8, Math.abs(before - other)) / Math.max(8, Math.abs(event.clientX - other)),
        this.#momentAt({ clientX: (event.clientX + other) / 2 })
      ))
  }

  /** @param {PointerEvent} event */
  #released(event) {
    const here = this.fingers.delete(event.pointerId)
    if (here && this.fingers.size === 0 && this.moved < CLICK_PX) this.#pick(event)
  }

  /** The nearest of its lane, else of all. @param {PointerEvent} event */
  #pick(event) {
    const at = this.#momentAt(event)
    const lane = LANES[Math.floor(event.offsetY / this.brush.laneHeight)] ?? "page"
    const found = WITHOUT_EVENTS.includes(lane) ? undefined : this.#of(lane, at)
    const line = found ?? nearest(this.log.entries, at)
    if (line) this.#pickLine(line, true)
  }

  /** @param {string} lane @param {number} at @returns {Line | undefined} */
  #of(lane, at) {
    const within = NEAR_PX * this.#scale
    if (lane === "model") {
      const skew = this.#skew
      return nearest(this.#model.map(line => ({ at: line.at + skew, line })), at, within)?.line
    }
    const lanes = lanesOf(this.log.entries, this.window.whole)
    const spans = {
      turns: lanes.turns, assistant: [...lanes.came, ...lanes.heard], tools: lanes.tools, network: lanes.away, page: []
    }[lane] ?? []
    return spans.findLast(({ from, to }) => from - within <= at && at <= to + within)?.entry
      ?? nearest(this.log.entries, at, within)
  }

  /** @param {Line} line @param {boolean} read */
  #pickLine(line, read) {
    this.choose(line)
    this.delegate.lineChosen(line, read)
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    const { key, ctrlKey, altKey, metaKey } = event
    const act = ctrlKey || altKey || metaKey ? undefined : this.#actions[key]
    if (!act) return
    event.preventDefault()
    this.#change(act)
  }

  /** @returns {Record<string, () => void>} */
  get #actions() {
    const { window } = this
    const step = (/** @type {number} */ by) => () => this.#step(by)
    return {
      ArrowRight: step(1), ArrowUp: step(1), ArrowLeft: step(-1), ArrowDown: step(-1), PageDown: step(20),
      PageUp: step(-20), Home: step(-Infinity), End: step(Infinity), "+": () => window.zoom(1 / ZOOM),
      "=": () => window.zoom(1 / ZOOM), "-": () => window.zoom(ZOOM), 0: () => window.showAll()
    }
  }

  /** @param {number} by */
  #step(by) {
    const { entries } = this.log
    if (entries.length === 0) return
    const at = this.chosen && entries.indexOf(/** @type {any} */ (this.chosen))
    const now = at === null || at < 0 ? entries.length : at
    this.#pickLine(entries[Math.max(0, Math.min(entries.length - 1, now + by))], false)
  }
}
