// One entry of the transcript. A screen reader is given finished sentences; the line that still grows is hidden from
// it.
// What stands at its foot (when, how long it took, a button) is there to be read, but is not announced.

import { told } from "../models/latency.js"
import { marksOf } from "../models/marks.js"
import { sentences } from "../text/sentences.js"
import { heardPart } from "../models/transcript.js"
import { element, write } from "./element.js"
import { keepSelection } from "./selection.js"

const COPIED_MS = 2000
const JAPANESE = /[\u3040-\u30ff]/u

export class EntryView {
  said = element("span", { class: "said" })
  live = element("span", { class: "live", "aria-hidden": "true" })
  text = element("span", { class: "text", dir: "auto" }, this.said, this.live)
  words = element("p", { class: "words" }, this.text)
  /** How long the answer took: a chip, and its parts behind it. @type {HTMLDetailsElement | null} */
  latency = null
  copied = element("span", { class: "copied", role: "status" })
  marks = element("div", { class: "marks" })
  /** @type {HTMLElement | null} */
  cut = null
  /** @type {string[]} */
  finished = []

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {import("../browser/i18n.js").Words} i18n
   * @param {{goOnAsked: () => void}} delegate
   */
  constructor(entry, i18n, delegate) {
    this.i18n = i18n
    this.delegate = delegate
    const who = element(
      "span", { class: "who" }, i18n.say(entry.role === "user" ? "transcript.you" : "transcript.assistant")
    )
    this.foot = this.#makeFoot(entry)
    this.root = element(
      "div", { class: "entry", "data-item": entry.id, "data-role": entry.role }, who, this.words, this.marks, this.foot
    )
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  #makeFoot({ at }) {
    const time = element("time", { datetime: new Date(at).toISOString() }, this.i18n.times.format(at))
    const copy = element("button", { type: "button", class: "copy" }, this.i18n.say("transcript.copy"))
    copy.addEventListener("click", () => this.#copy())
    const about = element("div", { class: "about" }, time)
    return element(
      "div", { class: "foot", "aria-live": "off" }, about, element("span", { class: "copying" }, copy, this.copied)
    )
  }

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {{shown: number, settled: boolean}} pace how many characters of the text to show, and whether that is all
   */
  render(entry, { shown, settled }) {
    const heard = heardPart(entry)
    const text = entry.heard === null ? entry.text.slice(0, shown) : heard
    this.#renderWords(text, settled)
    this.#renderState(entry, text.trim() === "", settled)
    if (entry.latency) this.#renderLatency(entry.latency)
    if (entry.heard !== null) this.#renderCut(entry.text.slice(heard.length).trimStart())
  }

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {boolean} empty nothing of it is shown
   * @param {boolean} settled
   */
  #renderState(entry, empty, settled) {
    this.root.toggleAttribute("data-final", settled)
    this.root.toggleAttribute("data-waiting", empty && !settled)
    this.root.hidden = settled && entry.text.trim() === "" && !entry.failed
    this.words.hidden = settled && empty
    if (settled) this.#renderMarks(marksOf(entry), entry.incomplete === "interrupted" && !entry.past)
  }

  /**
   * @param {string} text
   * @param {boolean} settled
   */
  #renderWords(text, settled) {
    const { finished, rest } = settled
      ? { finished: [...sentences(text).finished, sentences(text).rest], rest: "" }
      : sentences(text)
    keepSelection(this.text, () => {
      this.#renderFinished(finished.filter(Boolean))
      write(this.live, rest)
    })
    if (JAPANESE.test(text)) this.words.lang = "ja"
  }

  /** Adds what is new; an addition is what a log announces. @param {string[]} finished */
  #renderFinished(finished) {
    const same = finished.findIndex((sentence, i) => sentence !== this.finished[i])
    const from = same < 0 ? finished.length : same
    while (this.said.childNodes.length > from) this.said.lastChild?.remove()
    this.said.append(...finished.slice(from).map(sentence => element("span", {}, sentence)))
    this.finished = finished
  }

  /** @param {import("../models/latency.js").Latency} latency */
  #renderLatency(latency) {
    const { short, whole, parts } = told(latency, this.i18n)
    const details = this.latency ?? this.#addLatency()
    this.latency = details
    const [title, list] = [...details.lastElementChild?.children ?? []]
    if (title.textContent === whole) return
    write(/** @type {Element} */ (details.querySelector(".chip")), short)
    write(title, whole)
    list.replaceChildren(...parts.flatMap(({ name, s, share }) => {
      const bar = element("dd", {}, s)
      bar.style.setProperty("--share", String(share))
      return [element("dt", {}, name), bar]
    }))
  }

  /** Beside the time, which then is part of what is pressed: so nothing moves. */
  #addLatency() {
    const about = /** @type {Element} */ (this.foot.firstElementChild)
    const open = element("span", { class: "visually-hidden" }, this.i18n.say("latency.open"))
    const summary = element("summary", {}, ...about.childNodes, " ", element("span", { class: "chip" }), " ", open)
    const latency = element(
      "details", { class: "latency" }, summary, element("div", {}, element("p"), element("dl"))
    )
    // Of the newest entry it opens below what is seen.
    latency.addEventListener("toggle", () => latency.scrollIntoView({ block: "nearest" }))
    about.append(latency)
    return latency
  }

  /** What was heard, as it stands there. */
  async #copy() {
    try {
      await navigator.clipboard.writeText((this.words.textContent ?? "").trim())
      this.#tell("transcript.copied")
    } catch {
      this.#tell("transcript.copy.failed")
    }
  }

  /** @param {string} key */
  #tell(key) {
    write(this.copied, this.i18n.say(key))
    setTimeout(() => write(this.copied, ""), COPIED_MS)
  }

  /** @param {string} unheard */
  #renderCut(unheard) {
    this.root.toggleAttribute("data-cut", true)
    this.cut ??= this.#addCut()
    write(/** @type {Element} */ (this.cut.lastChild), unheard)
  }

  #addCut() {
    const label = element("span", { class: "visually-hidden" }, this.i18n.say("transcript.unheard"))
    const cut = element("div", { class: "unheard" }, label, element("p", { class: "text", dir: "auto" }))
    this.marks.before(cut)
    return cut
  }

  /** @param {string[]} keys @param {boolean} broken there may be more of it */
  #renderMarks(keys, broken) {
    const shown = keys.join(" ")
    if (this.marks.dataset.shown === shown) return
    this.marks.dataset.shown = shown
    const marks = keys.map(key => element("p", { class: "mark" }, this.i18n.say(key)))
    this.marks.replaceChildren(...marks, ...broken ? [this.#makeGoOn()] : [])
  }

  /** Offered once. */
  #makeGoOn() {
    const button = element("button", { type: "button", class: "plain go-on" }, this.i18n.say("transcript.go_on"))
    button.addEventListener("click", () => {
      button.remove()
      this.delegate.goOnAsked()
    })
    return button
  }
}
