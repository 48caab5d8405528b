// How long the call has lasted and what it has cost: a line beside the state, and all of it with the events.

import { clock } from "../meter.js"
import { element, find, write } from "./element.js"

const EVERY_MS = 1000
/** From here on the time that is left is shown in place of the time that is over. */
const SOON_MS = 120000

export class MeterView {
  line = find("meter", HTMLElement)
  details = find("log-usage", HTMLElement)
  /** @type {ReturnType<typeof setInterval> | null} */
  timer = null

  /**
   * @param {import("../meter.js").Meter} meter
   * @param {import("../i18n.js").Words} words
   */
  constructor(meter, words) {
    this.meter = meter
    this.words = words
  }

  render() {
    const running = this.meter.since !== null
    if (running) this.timer ??= setInterval(() => this.#renderLine(), EVERY_MS)
    else this.#stop()
    this.#renderLine()
    this.#renderDetails()
  }

  #stop() {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
  }

  #renderLine() {
    const now = Date.now()
    const { since, cost } = this.meter
    const left = this.meter.left(now)
    const time = left !== null && left < SOON_MS ? this.words.say("meter.left", { time: clock(left) }) : clock(this.meter.elapsed(now))
    this.line.hidden = since === null
    write(this.line, cost ? `${time} · ${this.#money(cost.total)}` : time)
  }

  #renderDetails() {
    const { tokens, cost, limits } = this.meter
    this.details.hidden = !tokens
    if (!tokens) return
    const money = cost ? this.words.say("usage.cost", { turn: this.#money(cost.turn), total: this.#money(cost.total), date: this.#date(cost.dated) }) : this.words.say("usage.no_price")
    const left = limits?.left_money ?? null
    const lines = [this.#tokens(tokens), money, ...left === null ? [] : [this.words.say("usage.left", { money: this.#money(left) })]]
    this.details.replaceChildren(...lines.map(line => element("p", {}, line)))
  }

  /** @param {import("../wire.js").Tokens} tokens */
  #tokens(tokens) {
    return this.words.say("usage.tokens", {
      input: tokens.input_tokens, audio: tokens.input_audio_tokens, text: tokens.input_text_tokens, cached: tokens.cached_tokens,
      output: tokens.output_tokens, spoken: tokens.output_audio_tokens, written: tokens.output_text_tokens
    })
  }

  /** @param {number} amount */
  #money(amount) {
    const currency = this.meter.cost?.currency ?? "USD"
    return amount.toLocaleString(this.words.language, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: amount < 1 ? 4 : 2 })
  }

  /** @param {string} date */
  #date(date) {
    return new Date(`${date}T12:00`).toLocaleDateString(this.words.language, { dateStyle: "medium" })
  }
}
