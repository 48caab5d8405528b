// A tool that is used: a sentence of what it does, and how it goes; a card of what it brought; unfolded, what was asked
// and what came, as they are; the question whether it may run, and a link that it offers. It is loaded with the first.

import { WorkSound } from "../audio/work-sound.js"
import { inWords, toolSentence, toolState } from "../models/tool.js"
import { element, icon, write } from "./element.js"
import { addStylesheet } from "./stylesheet.js"
import { toolCard } from "./tool-card.js"

export const style = () => addStylesheet(new URL("../../css/tool.css", import.meta.url))

const SECOND_MS = 1000

export class ToolView {
  what = element("span", { class: "words" })
  // The row is announced when it comes; how the tool went is heard from the answer.
  state = element("span", { class: "state", "aria-live": "off" })
  name = element("pre", { dir: "ltr" })
  asked = element("pre", { dir: "ltr" })
  result = element("pre", { dir: "auto" })
  progress = element("p", { class: "progress", dir: "auto", "aria-live": "off" })
  link = element("p", { class: "link", "aria-live": "off" })
  /** @type {HTMLElement | null} */
  card = null
  /** @type {HTMLElement | null} */
  question = null
  sound = new WorkSound()
  /** Of the state that is shown. */
  seconds = 0
  /** @type {ReturnType<typeof setInterval> | undefined} */
  clock

  /**
   * @param {HTMLElement} root
   * @param {import("../browser/i18n.js").Words} words
   * @param {import("./tool-row.js").ToolDelegate} delegate
   */
  constructor(root, words, delegate) {
    this.root = root
    this.words = words
    this.delegate = delegate
    this.parts = [
      this.#part("transcript.tool.arguments", this.asked), this.#part("transcript.tool.result", this.result),
      this.#part("tool.name", this.name)
    ]
    const summary = element("summary", {}, icon("wrench"), this.what, this.state)
    this.details = element(
      "details", {}, summary, element("div", { class: "parts", "aria-live": "off" }, ...this.parts)
    )
    root.append(this.details, this.progress, this.link)
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  render({ id, tool, final }) {
    this.root.hidden = tool === null
    if (tool === null) return
    write(this.what, toolSentence(tool, this.words))
    write(this.name, tool.name)
    write(this.asked, tool.arguments)
    write(this.result, tool.result ?? "")
    for (const part of this.parts) part.hidden = part.lastChild?.textContent === ""
    write(this.progress, tool.state === "running" ? tool.progress ?? "" : "")
    this.progress.hidden = this.progress.textContent === ""
    this.#renderLink(tool.link)
    this.#renderCard(tool)
    this.#follow(tool)
    this.#renderQuestion(id, tool)
    this.root.toggleAttribute("data-final", final)
  }

  /** Once it is there it stays as it is. @param {import("../models/tool.js").Tool} tool */
  #renderCard(tool) {
    if (this.card) return
    this.card = toolCard(tool, this.words)
    if (this.card) this.details.after(this.card)
  }

  /** Its state, and how long it is in it. @param {import("../models/tool.js").Tool} tool */
  #follow(tool) {
    const changed = this.root.dataset.state !== tool.state
    this.root.dataset.state = tool.state
    if (!changed) return
    clearInterval(this.clock)
    this.seconds = 0
    write(this.state, tool.state === "running" ? "…" : toolState(tool, this.words))
    if (tool.state === "running") this.clock = setInterval(() => this.#tick(), SECOND_MS)
  }

  #tick() {
    this.seconds++
    write(this.state, `… ${this.words.say("transcript.tool.took", { s: this.seconds })}`)
    // Of several at work the first is heard.
    const first = this.root.parentElement?.querySelector('[data-role="tool"][data-state="running"]')
    const context = first === this.root ? this.delegate.toolSound() : null
    if (context) this.sound.play(context)
  }

  /**
   * Shown, and never followed by itself; with the place it leads to.
   * @param {import("../wire.js").Tool["link"]} link
   */
  #renderLink(link) {
    this.link.hidden = !link
    if (!link || this.link.hasChildNodes()) return
    const { url, title } = link
    this.link.append(
      element("a", { href: url, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, title), " ",
      element("span", { dir: "ltr" }, new URL(url).host)
    )
  }

  /** @param {string} item @param {import("../wire.js").Tool} tool */
  #renderQuestion(item, tool) {
    if (tool.state !== "asked") this.#askNoMore()
    else if (!this.question) {
      this.question = this.#ask(item, tool.name)
      this.root.append(this.question)
      // So that it is seen what is asked for.
      this.details.open = true
    }
  }

  /** What was unfolded with it is folded again. */
  #askNoMore() {
    if (!this.question) return
    this.question.remove()
    this.question = null
    this.details.open = false
  }

  /** Asserted once by itself, and not by the log. @param {string} item @param {string} name */
  #ask(item, name) {
    const asked = element("p", { role: "alert" }, this.words.say("tool.ask", { name: inWords(name) }))
    const buttons = /** @type {const} */ (["tool.allow", "tool.decline"]).map(
      key => element("button", { type: "button", class: "plain" }, this.words.say(key))
    )
    buttons.forEach((button, i) => button.addEventListener("click", () => {
      const told = this.delegate.toolAnswered(item, i === 0)
      for (const each of buttons) each.disabled = told
    }))
    const hint = element("p", {}, this.words.say("tool.ask.hint"))
    return element(
      "div", { class: "question", role: "group", "aria-label": asked.textContent ?? "", "aria-live": "off" },
      asked, element("div", { class: "answers" }, ...buttons), hint
    )
  }

  /** @param {string} key @param {HTMLElement} text */
  #part(key, text) {
    return element("div", {}, element("p", { class: "label" }, this.words.say(key)), text)
  }
}
