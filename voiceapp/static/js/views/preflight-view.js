// The check before a call: a dialog with one row for each part of it. What is found is also told, one line after the
// other, to whoever does not see the rows.

import { Notices } from "../models/notices.js"
import { CHECKS } from "../preflight/preflight.js"
import { element, find, write } from "./element.js"

const FLOOR_DB = -60
/** What is passed over in silence. */
const UNTOLD = ["waiting", "left_out"]

/** @typedef {import("../preflight/preflight.js").Name} Name */
/** @typedef {import("../preflight/verdicts.js").Verdict} Verdict */

export class PreflightView {
  dialog = find("preflight", HTMLDialogElement)
  meter = find("preflight-level", HTMLMeterElement)
  startButton = find("preflight-start", HTMLButtonElement)
  summary = find("preflight-summary", HTMLElement)
  told = find("preflight-told", HTMLElement)
  /** @type {Map<Name, Verdict>} */
  shown = new Map()

  /**
   * @param {import("../preflight/preflight.js").Preflight} preflight
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   * @param {{callWanted: () => void}} delegate
   */
  constructor(preflight, preferences, words, delegate) {
    this.preflight = preflight
    this.preferences = preferences
    this.words = words
    this.delegate = delegate
    // For its words alone.
    this.notices = new Notices(words, { noticesChanged() {} })
  }

  start() {
    this.#when("start", () => this.#startCall())
    this.#when("close", () => this.dialog.close())
    this.#when("again", () => this.#begin())
    this.#when("yes", () => this.#answer(true))
    this.#when("no", () => this.#answer(false))
    this.#when("replay", () => this.preflight.playAgain())
    this.#when("half-duplex", () => this.#halve())
    this.dialog.addEventListener("close", () => this.#closed())
    // A device that is turned still shows what it asks.
    addEventListener("resize", () => this.#showQuestion())
    // Keys here are for the dialog alone.
    this.dialog.addEventListener("keydown", event => event.stopPropagation())
  }

  render() {
    const { measuring, asking, verdicts } = this.preflight
    find("preflight-question", HTMLElement).hidden = !asking
    find("preflight-remedy", HTMLElement).hidden = verdicts.get("echo")?.code !== "loud"
    this.meter.hidden = verdicts.get("microphone")?.code !== "listening"
    // With its buttons it comes into view.
    for (const name of CHECKS) this.#renderCheck(name)
    this.#renderProgress(measuring)
  }

  /** In decibels. @param {number} peak 0 to 1 */
  renderLevel(peak) {
    this.meter.value = Math.max(0, 1 - 20 * Math.log10(peak + 1e-6) / FLOOR_DB)
  }

  open() {
    this.dialog.showModal()
    this.#begin()
  }

  #begin() {
    this.shown.clear()
    this.told.replaceChildren()
    this.preflight.start()
  }

  #startCall() {
    this.dialog.close()
    this.delegate.callWanted()
    find("call", HTMLButtonElement).focus()
  }

  /** However it was closed. The offer it was opened by may be gone. */
  #closed() {
    this.preflight.stop()
    const { activeElement: focused } = document
    if (!focused?.getClientRects().length || focused === document.body) find("call", HTMLButtonElement).focus()
  }

  /** @param {boolean} heard */
  #answer(heard) {
    this.startButton.focus()
    this.preflight.answer(heard)
  }

  #halve() {
    this.startButton.focus()
    this.preferences.choose("half_duplex", true)
  }

  #showQuestion() {
    this.dialog.querySelector('[data-state="asking"]')?.scrollIntoView({ block: "nearest" })
  }

  /** @param {boolean} measuring */
  #renderProgress(measuring) {
    const { summary, verdicts } = this.preflight
    const settled = [...verdicts.values()].filter(({ state }) => !["waiting", "running", "asking"].includes(state))
    find("preflight-progress", HTMLProgressElement).value = settled.length
    find("preflight-again", HTMLElement).hidden = measuring
    write(find("preflight-close", HTMLElement), this.words.say(measuring ? "preflight.skip" : "preflight.close"))
    const words = this.words.say(`preflight.summary.${measuring ? "running" : summary}`)
    if (!measuring && this.summary.textContent !== words) this.#tell(words)
    write(this.summary, words)
  }

  /** @param {Name} name */
  #renderCheck(name) {
    const verdict = this.preflight.verdicts.get(name)
    if (!verdict || this.shown.get(name) === verdict) return
    const before = this.shown.get(name)
    this.shown.set(name, verdict)
    const { title, next } = this.#wordsFor(name, verdict)
    this.#renderRow(name, verdict.state, title, next)
    if (!UNTOLD.includes(verdict.code) && verdict.code !== before?.code)
      this.#tell(`${this.words.say(`preflight.${name}.name`)}: ${title} ${next}`.trim())
  }

  /**
   * @param {Name} name
   * @param {string} state
   * @param {string} title
   * @param {string} next
   */
  #renderRow(name, state, title, next) {
    const row = /** @type {HTMLElement} */ (this.dialog.querySelector(`[data-check="${name}"]`))
    row.dataset.state = state
    row.querySelector("use")?.setAttribute("href", `#icon-${{ warning: "alert", asking: "info" }[state] ?? state}`)
    write(part(row, ".state"), this.words.say(`preflight.state.${state}`))
    for (const [selector, text] of [[".verdict", title], [".next", next]]) {
      write(part(row, selector), text)
      part(row, selector).hidden = !text
    }
    if (state === "asking") this.#showQuestion()
  }

  /** @param {Name} name @param {Verdict} verdict */
  #wordsFor(name, { code, values, trouble, progress }) {
    if (trouble) return this.#wordsForTrouble(trouble)
    if (progress) return this.#wordsForProgress(progress)
    const named = { ...values, name: values?.name || this.words.say("settings.default") }
    const [title, next] = ["title", "next"].map(kind => `preflight.${name}.${code}.${kind}`)
      .map(key => this.words.has(key) ? this.words.say(key, named) : "")
    return { title, next }
  }

  /** @param {import("../wire.js").Trouble} trouble */
  #wordsForTrouble(trouble) {
    return this.notices.word(trouble)
  }

  /** @param {{part: string, done: number, of: number}} progress */
  #wordsForProgress({ part, done, of }) {
    const loaded = { part: this.words.say(`engine.part.${part}`), done, of }
    return {
      title: this.words.say("preflight.service.loading.title"),
      next: this.words.say("notice.engine_starting.progress", loaded)
    }
  }

  /** @param {string} line */
  #tell(line) {
    this.told.append(element("p", {}, line))
  }

  /** @param {string} id @param {() => void} act */
  #when(id, act) {
    find(`preflight-${id}`, HTMLButtonElement).addEventListener("click", act)
  }
}

/** @param {HTMLElement} row @param {string} selector */
function part(row, selector) {
  return /** @type {HTMLElement} */ (row.querySelector(selector))
}
