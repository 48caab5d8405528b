// Who speaks: the menus of persona, server, model and voice, a sample of the voice, and the way into a session made
// anew.

import { element, find, write } from "./element.js"
import { moving } from "./menu.js"

/** Those that the usual models write down well; the list is in the page's own language. */
const LANGUAGES = [
  "en", "ja", "zh", "ko", "es", "fr", "de", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "id", "vi", "th", "sv"
]

/** @typedef {import("../call/voice-sample.js").VoiceSample} VoiceSample */
/** @typedef {"persona" | "profile" | "model" | "voice"} Menu */

export class AssistantView {
  panel = find("settings-assistant", HTMLElement)
  aboutPersona = find("settings-persona-about", HTMLElement)
  sampleButton = find("settings-sample", HTMLButtonElement)
  homeSample = find("home-sample", HTMLButtonElement)
  pending = find("settings-renewal", HTMLElement)
  languages = find("settings-language", HTMLSelectElement)

  /**
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../call/call.js").Call} call
   * @param {import("../browser/i18n.js").Words} words
   * @param {{sample?: VoiceSample, sampleNear: () => Promise<VoiceSample>, partMissing: () => void}} delegate
   */
  constructor(preferences, call, words, delegate) {
    this.preferences = preferences
    this.call = call
    this.words = words
    this.delegate = delegate
    /** @type {Record<Menu, HTMLSelectElement>} */
    this.menus = {
      persona: this.#menu("persona"), profile: this.#menu("profile"), model: this.#menu("model"),
      voice: this.#menu("voice")
    }
    /** Everything on offer, whatever the menus show of it. */
    this.offered = {
      persona: [...this.menus.persona.options], model: [...this.menus.model.options],
      voice: [...this.menus.voice.options]
    }
    this.instructions = /** @type {HTMLTextAreaElement | null} */ (
      this.panel.querySelector("[data-choice=instructions]")
    )
    this.names = new Intl.DisplayNames(words.language, { type: "language" })
    this.#offer()
  }

  start() {
    this.languages.append(...LANGUAGES.map(code => element("option", { value: code }, this.names.of(code) ?? code)))
    this.sampleButton.addEventListener("click", () => this.samplePressed())
    for (const type of ["pointerenter", "focus"])
      this.homeSample.addEventListener(type, () => { this.delegate.sampleNear().catch(() => {}) })
    find("settings-renewal", HTMLElement).querySelector("button")?.addEventListener("click", () => this.#renewPressed())
    // What the operator does not allow any more would be refused with the whole call.
    if (!this.instructions) this.preferences.unchoose("instructions")
    this.render()
  }

  /** Before the settings show what is chosen: only what the chosen server has can be chosen of it. */
  render() {
    this.#keep("profile", [...this.menus.profile.options])
    this.#offer()
    for (const name of /** @type {const} */ (["persona", "model", "voice"])) this.#renderMenu(name)
    for (const name of /** @type {const} */ (["profile", "model"]))
      this.#row(name).hidden = this.menus[name].options.length < 2
    for (const option of this.languages.options) option.disabled = this.#isForeign(option.value)
    this.#renderPersona(this.persona)
    this.#renderPending()
    this.#renderSample()
  }

  /** It took over. @param {string} voice */
  renewed(voice) {
    write(/** @type {Element} */ (this.pending.firstElementChild), this.words.say("settings.renewed", { voice }))
  }

  /** Whom one may talk to with the chosen server, the default first. */
  get personas() {
    const first = ({ value = "" }) => Number(value === this.menus.persona.dataset.default)
    return this.#fitting("persona").sort((a, b) => first(b) - first(a))
  }

  get persona() {
    return this.offered.persona.find(({ value }) => value === this.preferences.values.persona)
      ?? this.offered.persona[0]
  }

  /** What its card says: its own words, unless they are not true here. @param {HTMLOptionElement} persona */
  about({ dataset: { about = "", spoken = "" } }) {
    const { language } = this.preferences.values
    const named = [spoken, language].filter(Boolean)
    const wanted = named.length ? named : [this.words.tag]
    return wanted.some(each => this.#isForeign(each)) ? this.#foreignText(wanted.includes("ja")) : about
  }

  /** @param {boolean} addable the operator can add what is missing */
  #foreignText(addable) {
    const names = this.#understood.map(code => this.names.of(code) ?? code)
    const all = new Intl.ListFormat(this.words.language).format(names)
    const text = this.words.say("settings.persona.foreign", { all, first: names[0] })
    if (!addable || !this.#isForeign("ja")) return text
    return text + this.words.say("page.gap") + this.words.say("settings.persona.mute")
  }

  /** The chosen server does not understand it. @param {string} language */
  #isForeign(language) {
    return language !== "" && this.#understood.length > 0 && !this.#understood.includes(language.split("-")[0])
  }

  /** Languages of the chosen server, its usual one first; none: nobody knows. */
  get #understood() {
    return this.menus.profile.selectedOptions[0]?.dataset.languages?.split(" ") ?? []
  }

  /**
   * Where nothing is chosen: the first server; the default persona, or its first where it has not that one; and the
   * page's language, where the server would otherwise presume its own.
   */
  #offer() {
    const profile = this.menus.profile.options[0].value
    this.preferences.offer({ profile })
    const fitting = this.#fitting("persona")
    const preferred = fitting.find(({ value }) => value === this.menus.persona.dataset.default) ?? fitting[0]
    this.preferences.offer({ profile, persona: preferred?.value ?? "" })
    const { tag: language } = this.words
    if (this.#understood.includes(language) && !this.persona.dataset.spoken)
      this.preferences.offer({ ...this.preferences.offered, language })
  }

  /** @param {HTMLOptionElement} persona */
  #renderPersona(persona) {
    const { instructions = "", turns = "{}" } = persona.dataset
    write(this.aboutPersona, this.about(persona))
    if (this.instructions) this.instructions.placeholder = instructions
    this.preferences.suggest(JSON.parse(turns)[this.preferences.values.profile] ?? null)
  }

  /** @param {"persona" | "model" | "voice"} name */
  #renderMenu(name) {
    const fitting = this.#fitting(name)
    const menu = this.menus[name]
    if (moving(menu)) return
    if (fitting.length !== menu.options.length || fitting.some((option, i) => menu.options[i] !== option))
      menu.replaceChildren(...fitting)
    this.#keep(name, fitting)
  }

  /** What the chosen server has. @param {"persona" | "model" | "voice"} name */
  #fitting(name) {
    const { profile } = this.preferences.values
    return this.offered[name].filter(
      ({ dataset }) => !dataset.profiles || dataset.profiles.split(" ").includes(profile)
    )
  }

  /**
   * What was chosen once and is not on offer any more is not chosen.
   * @param {Menu} name
   * @param {HTMLOptionElement[]} options
   */
  #keep(name, options) {
    const chosen = this.preferences.chosen[name]
    if (chosen && !options.some(({ value }) => value === chosen)) this.preferences.unchoose(name)
    if (!moving(this.menus[name])) this.menus[name].value = this.preferences.values[name]
  }

  #renderPending() {
    const { pending, renewing } = this.call.sessionRequest
    const [text, button] = /** @type {[Element, HTMLButtonElement]} */ ([...this.pending.children])
    button.hidden = !pending
    if (pending) write(text, this.words.say("settings.pending"))
    else if (renewing) write(text, this.words.say("settings.renewing"))
    else if (!this.call.callState.live) write(text, "")
  }

  #renderSample() {
    const words = this.words.say(this.delegate.sample?.playing ? "settings.sample.stop" : "settings.sample")
    this.sampleButton.disabled = this.call.callState.active
    write(this.sampleButton, words)
    write(/** @type {Element} */ (this.homeSample.lastElementChild), words)
  }

  samplePressed() {
    const { sample } = this.delegate
    if (sample?.playing) sample.stop()
    // An iPhone forgets the tap while it waits.
    else if (sample) this.#play(sample)
    else this.delegate.sampleNear().then(made => this.#play(made), this.delegate.partMissing)
  }

  /** @param {VoiceSample} sample */
  #play(sample) {
    sample.play(this.call.sessionRequest.fields, this.words.say("settings.sample.greeting"))
  }

  /** The button goes away under the keyboard's focus. */
  #renewPressed() {
    this.call.sessionRequest.renew()
    this.menus.persona.focus()
    this.render()
  }

  /** @param {Menu} name */
  #menu(name) {
    return /** @type {HTMLSelectElement} */ (this.panel.querySelector(`[data-choice=${name}]`))
  }

  /** @param {Menu} name */
  #row(name) {
    return /** @type {HTMLElement} */ (this.panel.querySelector(`[data-choices=${name}]`))
  }
}
