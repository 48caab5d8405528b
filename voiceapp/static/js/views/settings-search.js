// Finds a setting by any word of its label, its help or its choices, and leads to it: to its tab, unfolded. It is
// loaded with the first look at the settings.

import { composing } from "../browser/shortcuts.js"
import { matches, wordsOf } from "../text/matching.js"
import { element, find, write } from "./element.js"
import { addStylesheet } from "./stylesheet.js"

export const style = () => addStylesheet(new URL("../../css/settings-search.css", import.meta.url))

/** Of these each is something to find; what is pressed counts as a setting, too. */
const SETTINGS = ".setting, .group > .tools > button, .preflight-again > button, .expert > button"
/** What is away for another reason than that it is not looked at. */
const GONE = "[hidden]:not([role=tabpanel], [data-mode], #settings-panels)"
const LED_MS = 1600

export class SettingsSearch {
  panel = find("settings", HTMLElement)
  box = find("settings-search", HTMLInputElement)
  list = find("settings-found", HTMLElement)
  none = find("settings-found-none", HTMLElement)
  count = find("settings-found-count", HTMLElement)
  panels = find("settings-panels", HTMLElement)
  tabList = find("settings-tabs", HTMLElement)

  /**
   * @param {import("./settings-drawer.js").SettingsDrawer} drawer
   * @param {import("../browser/i18n.js").Words} words
   */
  constructor(drawer, words) {
    this.drawer = drawer
    this.words = words
  }

  start() {
    this.box.addEventListener("input", () => this.#render())
    this.box.addEventListener("keydown", event => this.#keyPressed(event))
    this.#render()
  }

  #render() {
    const query = this.box.value.trim()
    const found = wordsOf(query).length > 0 ? this.#found(query) : []
    this.tabList.hidden = this.panels.hidden = query !== ""
    this.list.hidden = found.length === 0
    this.none.hidden = query === "" || found.length > 0
    this.list.replaceChildren(...found.map(setting => element("li", {}, this.#offer(setting))))
    write(this.count, query ? this.words.say("search.count", { count: found.length }) : "")
  }

  /** Those that this browser and this server have. @param {string} query */
  #found(query) {
    const settings = /** @type {HTMLElement[]} */ ([...this.panels.querySelectorAll(SETTINGS)])
    return settings.filter(setting => there(setting) && matches(this.#textOf(setting), query))
  }

  /** Its help, its choices and other words for it, too. @param {HTMLElement} setting */
  #textOf(setting) {
    const others = `search.words.${controlOf(setting).dataset.choice}`
    return [setting.textContent, groupOf(setting), this.words.has(others) ? this.words.say(others) : ""].join(" ")
  }

  /** @param {HTMLElement} setting */
  #offer(setting) {
    const place = [this.drawer.tabs.of(setting).textContent ?? "", groupOf(setting)].filter(Boolean).join(" › ")
    const mode = modeOf(setting)
    const only = mode ? [element("small", {}, this.words.say("search.mode", { mode: labelOf(mode) }))] : []
    const button = element(
      "button", { type: "button" }, element("span", {}, labelOf(setting)), element("small", {}, place), ...only
    )
    button.addEventListener("click", () => this.#lead(setting))
    return button
  }

  /** @param {HTMLElement} setting */
  #lead(setting) {
    this.drawer.show(setting)
    const part = modeOf(setting) ?? setting
    part.closest("details")?.toggleAttribute("open", true)
    part.scrollIntoView({ block: "center" })
    controlOf(part).focus({ preventScroll: true })
    part.toggleAttribute("data-led", true)
    setTimeout(() => part.toggleAttribute("data-led", false), LED_MS)
  }

  /** Enter takes the first. @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (composing(event) || this.box.value === "" || event.key !== "Enter") return
    this.list.querySelector("button")?.click()
    event.preventDefault()
    event.stopPropagation()
  }
}

/** @param {HTMLElement} setting @returns {HTMLElement} */
function controlOf(setting) {
  return setting.querySelector("input, select, textarea") ?? setting
}

/** @param {HTMLElement} setting */
function labelOf(setting) {
  const words = setting.querySelector(":scope > span")?.firstChild ?? setting
  return (words.textContent ?? "").trim()
}

/** @param {HTMLElement} setting */
function groupOf(setting) {
  return setting.closest("fieldset")?.querySelector("legend")?.textContent ?? ""
}

/** What is only there in another mode is reached by that. @param {HTMLElement} setting */
function modeOf(setting) {
  const part = /** @type {HTMLElement | null} */ (setting.closest("[data-mode][hidden]"))
  const radio = part && document.querySelector(`#settings [name=mode][value="${part.dataset.mode}"]`)
  return /** @type {HTMLElement | null | undefined} */ (radio?.closest(".setting"))
}

/** @param {HTMLElement} setting */
function there(setting) {
  return !setting.hidden && !setting.parentElement?.closest(GONE)
}
