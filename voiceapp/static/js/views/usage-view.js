// How long the call has lasted, what it has cost, and what is left: a line with the call, and all of it behind that.

import { about, duration, money } from "../models/amounts.js"
import { costLines } from "../models/cost-lines.js"
import { clock } from "../models/usage-model.js"
import { placeAboveDock } from "./above-dock.js"
import { element, find, write } from "./element.js"

const EVERY_MS = 1000
/** Below it what is left of the day's time is counted down. */
const COUNTED_MS = 300_000
const MINUTE_MS = 60_000

/** @typedef {import("../models/usage-model.js").Budget} Budget */

export class UsageView {
  line = find("meter", HTMLElement)
  time = find("meter-time", HTMLElement)
  short = find("meter-short", HTMLElement)
  budget = find("budget", HTMLElement)
  bar = find("budget-bar", HTMLElement)
  usage = find("usage", HTMLElement)
  lines = find("usage-lines", HTMLElement)
  /** @type {ReturnType<typeof setInterval> | null} */
  timer = null
  opened = false

  /**
   * @param {import("../models/usage-model.js").UsageModel} usageModel
   * @param {import("../browser/i18n.js").Words} words
   * @param {() => number} now milliseconds, of the usage model's clock
   */
  constructor(usageModel, words, now) {
    this.usageModel = usageModel
    this.words = words
    this.now = now
  }

  start() {
    this.usage.addEventListener("beforetoggle", event => this.#toggled(event.newState === "open"))
    // Turned on its side, say.
    addEventListener("resize", () => { if (this.opened) placeAboveDock(this.usage) })
  }

  render() {
    const running = this.usageModel.since !== null
    if (running) this.timer ??= setInterval(() => this.#renderTime(), EVERY_MS)
    else this.#stop()
    this.line.hidden = !running
    this.#renderTime()
  }

  #renderTime() {
    this.#renderLine()
    this.#renderUsage()
  }

  #stop() {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
    if (this.opened) this.usage.hidePopover()
  }

  /** @param {boolean} open */
  #toggled(open) {
    this.opened = open
    placeAboveDock(this.usage)
    this.#renderUsage()
  }

  #renderLine() {
    const now = this.now()
    const { total, estimated } = this.usageModel
    const time = clock(this.usageModel.elapsed(now))
    write(
      /** @type {Element} */ (this.time.lastElementChild),
      total === null ? time : `${time} · ${this.#about(total, estimated)}`
    )
    this.#renderShort(this.usageModel.short(now))
    this.#renderBudget(this.usageModel.budgets(now)[0])
  }

  /** @param {{ms: number, idle: boolean} | null} short */
  #renderShort(short) {
    this.short.hidden = !short
    if (short) write(
      /** @type {Element} */ (this.short.lastElementChild),
      this.words.say(short.idle ? "meter.idle" : "meter.left", { time: clock(short.ms) })
    )
  }

  /** @param {Budget | undefined} budget */
  #renderBudget(budget) {
    this.budget.hidden = !budget
    if (!budget) return
    const { left, whole, used, low } = budget
    this.budget.toggleAttribute("data-low", low)
    this.bar.style.setProperty("--spent", `${100 * (1 - left / whole)}%`)
    this.bar.style.setProperty("--used", `${100 * used / whole}%`)
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * (1 - left / whole))))
    this.bar.setAttribute("aria-valuetext", this.#ofToday(budget))
    write(/** @type {Element} */ (this.budget.lastElementChild), this.words.say(
      "meter.left", { time: this.#left(budget, "short") }
    ))
  }

  /** What is behind the line. */
  #renderUsage() {
    if (!this.opened) return
    const { limits } = this.usageModel
    const rules = limits
      ? [...this.#rule("usage.call_s", limits.call_s), ...this.#rule("usage.idle_s", limits.idle_s)]
      : []
    const lines = [...this.#spent, ...this.#today, ...rules]
    const rows = this.lines.children
    if (rows.length !== lines.length) this.lines.replaceChildren(...lines.map(() => element("p")))
    lines.forEach((line, i) => write(rows[i], line))
  }

  /** @param {string} key @param {number | null} seconds */
  #rule(key, seconds) {
    return seconds === null ? [] : [this.words.say(key, { time: duration(1000 * seconds, this.words) })]
  }

  get #spent() {
    const { usage, total, estimated } = this.usageModel
    if (usage) return costLines({ ...usage, estimated }, total, this.words)
    return [total === null ? this.words.say("usage.nothing") : this.words.say(
      "usage.cost.total", { total: this.#about(total, estimated) }
    )]
  }

  get #today() {
    const { limits } = this.usageModel
    const presumed = limits?.presumed ? [this.words.say("usage.presumed")] : []
    return [...this.usageModel.budgets(this.now()).map(budget => this.#ofToday(budget)), ...presumed]
  }

  /** @param {Budget} budget */
  #ofToday(budget) {
    const { kind, whole, used } = budget
    const say = (/** @type {number} */ amount) => kind === "money" ? this.#money(amount) : duration(amount, this.words)
    return this.words.say("usage.today", { left: this.#left(budget, "long"), whole: say(whole), used: say(used) })
  }

  /** @param {Budget} budget @param {"long" | "short"} style */
  #left({ kind, left }, style) {
    if (kind === "money") return this.#money(left)
    if (left < COUNTED_MS && style === "short") return clock(left)
    const precise = left < COUNTED_MS ? left : Math.floor(left / MINUTE_MS) * MINUTE_MS
    return duration(precise, this.words, style)
  }

  /** @param {number} amount */
  #money(amount) {
    return money(amount, this.usageModel.currency, this.words.language)
  }

  /** @param {number} amount @param {boolean} estimated */
  #about(amount, estimated) {
    return about(amount, this.usageModel.currency, this.words, estimated)
  }
}
