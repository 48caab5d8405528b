// The menus of microphones and loudspeakers, how loud the microphone is, and what the browser does to its sound.

import { AudioDevice } from "../audio/device.js"
import { DevicesMenu } from "./devices-menu.js"
import { element, find, write } from "./element.js"
import { moving } from "./menu.js"

const FLOOR_DB = -60
const GRANTS = /** @type {const} */ (["echoCancellation", "noiseSuppression", "autoGainControl"])

export class DevicesView {
  panel = find("settings", HTMLDialogElement)
  microphones = find("settings-microphone", HTMLSelectElement)
  speakers = find("settings-speaker", HTMLSelectElement)
  meter = find("settings-level", HTMLMeterElement)
  granted = find("settings-granted", HTMLElement)
  hint = find("settings-headphones-hint", HTMLElement)
  devicesMenu = new DevicesMenu()
  profiles = /** @type {HTMLSelectElement} */ (this.panel.querySelector("[data-choice=profile]"))

  /**
   * @param {import("../call/call-audio.js").CallAudio} audio
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(audio, preferences, words) {
    this.audio = audio
    this.preferences = preferences
    this.words = words
  }

  render() {
    const { devices, microphone } = this.audio
    const { values } = this.preferences
    this.#fill(this.microphones, devices.microphones, values.microphone)
    this.#fill(this.speakers, devices.speakers, values.speaker)
    find("settings-speaker-row", HTMLElement).hidden = !AudioDevice.chooses
    this.hint.hidden = !(values.headphones === null && this.audio.headphones)
    find("settings-noise-row", HTMLElement).hidden = !this.profiles.selectedOptions[0]?.hasAttribute("data-noise")
    this.meter.hidden = this.granted.hidden = !microphone.there
    if (microphone.there) this.#renderGranted(microphone.granted)
    else this.meter.value = 0
  }

  /** In decibels. @param {number} peak 0 to 1 */
  renderLevel(peak) {
    if (!this.panel.open && !this.devicesMenu.opened) return
    this.meter.value = Math.max(0, 1 - 20 * Math.log10(peak + 1e-6) / FLOOR_DB)
  }

  /** @param {Record<string, unknown>} granted */
  #renderGranted(granted) {
    const said = GRANTS.map(name => this.words.say(
      "settings.granted.one",
      { name: this.words.say(`settings.granted.${name}`), state: this.words.say(stateOf(granted[name])) }
    ))
    write(this.granted, this.words.say(
      "settings.granted.all", { all: said.join(this.words.say("settings.granted.between")) }
    ))
  }

  /**
   * Only where it differs: an open menu must not be pulled away.
   * @param {HTMLSelectElement} menu
   * @param {import("../browser/devices.js").Device[]} devices
   * @param {string} chosen
   */
  #fill(menu, devices, chosen) {
    if (moving(menu)) return
    const options = [{ id: "", label: this.words.say("settings.default") }, ...devices]
    if (!options.some(({ id }) => id === chosen)) options.push({ id: chosen, label: this.words.say("settings.absent") })
    const same = options.length === menu.options.length && options.every(
      ({ id, label }, i) => menu.options[i].value === id && menu.options[i].text === label
    )
    if (!same)
      menu.replaceChildren(...options.map(({ id, label }) => element("option", { value: id, dir: "auto" }, label)))
    menu.value = chosen
  }
}

/** @param {unknown} granted browsers say true and false, or name a kind of it */
function stateOf(granted) {
  if (granted === undefined) return "settings.granted.unknown"
  return granted ? "settings.granted.on" : "settings.granted.off"
}
