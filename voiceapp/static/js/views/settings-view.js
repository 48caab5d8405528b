// The settings: each control is tied to a preference by its data-choice, and shows its value.

import { RANGES } from "../models/preferences.js"
import { DevicesView } from "./devices-view.js"
import { find, write } from "./element.js"
import { moving, whenLeft, whenRested } from "./menu.js"

/** The menus of what is seen as it is chosen. */
const SEEN = ["theme", "captions"]

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */
/** @typedef {keyof import("../models/preferences.js").Values} Name */

export class SettingsView {
  panel = find("settings", HTMLElement)
  /** @type {Control[]} */
  controls = [...this.panel.querySelectorAll("[data-choice]")].map(control => /** @type {Control} */ (control))

  /**
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../call/call-audio.js").CallAudio} audio
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(preferences, audio, words) {
    this.preferences = preferences
    this.audio = audio
    this.words = words
    this.devicesView = new DevicesView(audio, preferences, words)
  }

  start() {
    for (const control of this.controls) this.#prepare(control)
    const modes = /** @type {HTMLInputElement[]} */ (this.controls.filter(({ type }) => type === "radio"))
    whenRested(modes, () => modes.filter(({ checked }) => checked).forEach(mode => this.#changed(mode)))
    find("settings-reset", HTMLButtonElement).addEventListener("click", () => this.preferences.reset())
    this.devicesView.devicesMenu.start()
    this.render()
  }

  render() {
    const { mode } = this.preferences.values
    for (const control of this.controls) if (!moving(control)) this.#show(control)
    for (const part of this.#parts) part.hidden = part.dataset.mode !== mode
    find("settings-half-duplex", HTMLElement).hidden = mode === "push_to_talk"
    this.devicesView.render()
  }

  /** What belongs to one mode alone. */
  get #parts() {
    return [...this.panel.querySelectorAll("[data-mode]")].map(part => /** @type {HTMLElement} */ (part))
  }

  /** @param {Control} control */
  #prepare(control) {
    const range = RANGES[/** @type {import("../models/preferences.js").Slider} */ (nameOf(control))]
    if (range) Object.assign(control, { min: range.min, max: range.max, step: range.step })
    // Others make a session anew, exchange a device, or delete what was kept of the talk.
    if (control instanceof HTMLSelectElement && !SEEN.includes(nameOf(control)))
      whenLeft(control, () => this.#changed(control))
    else if (control.type !== "radio")
      control.addEventListener(control.type === "range" ? "input" : "change", () => this.#changed(control))
  }

  /** @param {Control} control */
  #changed(control) {
    const value = control.type === "checkbox" ? /** @type {HTMLInputElement} */ (control).checked
      : control.type === "range" || "number" in control.dataset ? Number(control.value) : control.value
    this.preferences.choose(nameOf(control), /** @type {never} */ (value))
  }

  /** @param {Control} control */
  #show(control) {
    const value = this.preferences.values[nameOf(control)]
    if (control.type === "radio") /** @type {HTMLInputElement} */ (control).checked = control.value === value
    else if (control.type === "checkbox") /** @type {HTMLInputElement} */ (control)
      .checked = Boolean(value ?? this.audio.headphones)
    else if (control !== document.activeElement || control instanceof HTMLSelectElement)
      control.value = written(value, control)
    if (control.type === "range") this.#showNumber(control, Number(value))
  }

  /** @param {Control} control @param {number} value */
  #showNumber(control, value) {
    const text = nameOf(control).endsWith("_ms") ? this.words.say("log.seconds", { seconds: value / 1000 })
      : this.words.say("settings.percent", { percent: Math.round(100 * value) })
    control.setAttribute("aria-valuetext", text)
    write(/** @type {Element} */ (control.parentElement?.querySelector("output")), text)
  }
}

/** What was not chosen is what the menu says of it. @param {unknown} value @param {Control} control */
function written(value, { dataset }) {
  return String(value ?? dataset.number ?? "")
}

/** @param {Control} control */
function nameOf(control) {
  return /** @type {Name} */ (control.dataset.choice)
}
