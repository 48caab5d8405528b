// What stands on the stage while there is no call: whom one can talk to, what to begin with, and the last talk.

import { canGoOn, lastBegan } from "../history/past-talk.js"
import { titleOf } from "../history/talk.js"
import { firstGraphemes } from "../text/segments.js"
import { element, find, write } from "./element.js"

const STARTERS = ["welcome.starter.story", "welcome.starter.coffee", "welcome.starter.weekend"]
/** Later it would push aside what stands there by then. */
const SOON_MS = 300

export class HomeView {
  cards = find("personas", HTMLElement)
  starters = find("starters", HTMLElement)
  last = find("last-talk", HTMLButtonElement)
  /** @type {import("../history/talk.js").Talk | null} */
  talk = null
  /** Of which personas, and with which words, the cards tell. */
  told = ""

  /**
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../history/history-keeper.js").HistoryKeeper} keeper
   * @param {import("../browser/i18n.js").Words} words
   * @param {{personas: HTMLOptionElement[], persona: HTMLOptionElement | undefined,
   *   about: (persona: HTMLOptionElement) => string}} offered by the settings
   * @param {{starterChosen: (text: string) => void, goOnWanted: (talk: import("../history/talk.js").Talk) => void,
   *   voiceWanted: () => void, samplePressed: () => void}} delegate
   */
  constructor(preferences, keeper, words, offered, delegate) {
    this.preferences = preferences
    this.keeper = keeper
    this.words = words
    this.offered = offered
    this.delegate = delegate
    this.languages = new Intl.DisplayNames(words.language, { type: "language" })
  }

  start() {
    this.cards.addEventListener(
      "change", ({ target }) => this.preferences.choose("persona", /** @type {HTMLInputElement} */ (target).value)
    )
    this.last.addEventListener("click", () => { if (this.talk) this.delegate.goOnWanted(this.talk) })
    find("home-voice", HTMLButtonElement).addEventListener("click", () => this.delegate.voiceWanted())
    find("home-sample", HTMLButtonElement).addEventListener("click", () => this.delegate.samplePressed())
    this.render()
  }

  render() {
    const { personas, persona } = this.offered
    this.cards.hidden = personas.length < 2
    const told = personas.map(each => each.value + this.offered.about(each)).join()
    if (told !== this.told)
      this.cards.replaceChildren(...personas.map(each => this.#card(each)))
    this.told = told
    for (const radio of this.cards.querySelectorAll("input")) radio.checked = radio.value === persona?.value
    this.#renderStarters(JSON.parse(persona?.dataset.starters ?? "{}")[this.preferences.values.profile] ?? [])
  }

  /** The last talk, where one is kept and can go on; soon, or not at all. */
  async renderLast() {
    if (this.preferences.values.keep === "nothing") return this.#showLast(null)
    const late = new Promise(resolve => setTimeout(resolve, SOON_MS, []))
    const talks = await Promise.race([this.keeper.store.all().catch(() => []), late])
    const latest = talks.filter(canGoOn).sort(
      (/** @type {any} */ a, /** @type {any} */ b) => lastBegan(b) - lastBegan(a)
    )[0]
    this.#showLast(latest ?? null)
  }

  /** @param {import("../history/talk.js").Talk | null} talk */
  #showLast(talk) {
    this.talk = talk
    this.last.hidden = !talk
    if (talk) write(/** @type {Element} */ (this.last.querySelector(".what")), titleOf(talk, this.words))
  }

  /** @param {HTMLOptionElement} persona */
  #card(persona) {
    const { value, text, dataset: { spoken } } = persona
    const radio = element("input", { type: "radio", name: "persona", value })
    const tongue = spoken ? [element("small", { class: "tongue" }, this.languages.of(spoken) ?? spoken)] : []
    return element(
      "label", { class: "persona" }, radio,
      element("span", { class: "monogram", "aria-hidden": "true" }, firstGraphemes(text, 1)),
      element(
        "span", {}, element("b", { dir: "auto" }, text),
        element("small", { dir: "auto" }, this.offered.about(persona)), ...tongue
      )
    )
  }

  /** The persona's own, or those of the page. @param {string[]} own */
  #renderStarters(own) {
    const texts = own.length ? own : STARTERS.map(key => this.words.say(key))
    if (texts.join() === [...this.starters.children].map(({ textContent }) => textContent).join()) return
    this.starters.replaceChildren(...texts.map(text => this.#starter(text)))
  }

  /** @param {string} text */
  #starter(text) {
    const button = element("button", { type: "button", class: "starter", dir: "auto" }, text)
    button.addEventListener("click", () => this.delegate.starterChosen(text))
    return button
  }
}
