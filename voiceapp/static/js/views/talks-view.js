// Past talks: found, opened, and deleted. Opening one hands over to its own view.

import { search } from "../talks/search.js"
import { titleOf } from "../talks/talk.js"
import { clock } from "../meter.js"
import { Drawer } from "./drawer.js"
import { element, find, icon, write } from "./element.js"
import { TalkDetailView } from "./talk-detail-view.js"

const SURE_MS = 4000

export class TalksView {
  list = find("talks-list", HTMLElement)
  rows = find("talks-rows", HTMLElement)
  empty = find("talks-empty", HTMLElement)
  box = find("talks-search", HTMLInputElement)
  clearer = find("talks-clear", HTMLButtonElement)
  sure = false
  /** @type {import("../talks/talk.js").Talk[]} */
  talks = []

  /**
   * @param {import("../talks/keeper.js").Keeper} keeper
   * @param {import("../i18n.js").Words} words
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void}} delegate
   */
  constructor(keeper, words, delegate) {
    this.keeper = keeper
    this.words = words
    this.drawer = new Drawer("talks", delegate)
    this.detail = new TalkDetailView(keeper, words, this)
  }

  start() {
    this.drawer.start()
    this.box.addEventListener("input", () => this.#renderRows())
    this.clearer.addEventListener("click", () => this.#clear())
    this.renderChoice()
  }

  renderChoice() {
    const { keep } = this.keeper.choices.values
    for (const id of ["talks-keep", "welcome-keep"]) write(find(id, HTMLElement), this.words.say(keep === "sound" ? "keep.sound" : keep === "text" ? "keep.text" : "keep.nothing"))
  }

  async render() {
    if (!this.drawer.opened) return
    const stored = await this.keeper.store.all().catch(() => [])
    const { current } = this.keeper
    const fresh = current?.entries.length && !stored.some(({ id }) => id === current.id) ? [current] : []
    this.talks = [...fresh, ...stored].sort((a, b) => Number(b.marked) - Number(a.marked) || b.began - a.began)
    this.#renderRows()
  }

  /** @param {import("../talks/talk.js").Talk} talk */
  show(talk) {
    this.drawer.open()
    this.#open(talk)
  }

  // Delegate of the detail

  talkClosed() {
    this.list.hidden = false
    this.box.focus()
    this.render()
  }

  talkChanged() {
    this.render()
  }

  #renderRows() {
    const found = search(this.talks, this.box.value)
    this.rows.replaceChildren(...found.map(talk => this.#row(talk)))
    write(this.empty, found.length ? "" : this.words.say(this.talks.length ? "talks.none" : "talks.empty"))
    this.empty.hidden = found.length > 0
    this.clearer.hidden = this.talks.length === 0
  }

  /** @param {import("../talks/talk.js").Talk} talk */
  #row(talk) {
    const when = new Date(talk.began).toLocaleString(this.words.language, { dateStyle: "medium", timeStyle: "short" })
    const about = [when, clock(talk.length), ...talk.sound ? [this.words.say("talks.with_sound")] : []].join(" · ")
    const title = element("span", { class: "talk-title" }, talk.marked ? "★ " : "", titleOf(talk, this.words.say("talks.unnamed")))
    const button = element("button", { type: "button", class: "talk-row-button", "data-talk": talk.id }, icon(talk.sound ? "talk" : "log"), element("span", {}, title, element("small", { class: "quiet" }, about)))
    button.addEventListener("click", () => this.#open(talk))
    return element("li", {}, button)
  }

  /** @param {import("../talks/talk.js").Talk} talk */
  #open(talk) {
    this.list.hidden = true
    this.detail.open(talk)
  }

  /** Asks once more, by itself, before it does it. */
  async #clear() {
    if (this.sure) await this.keeper.forgetAll()
    this.sure = !this.sure
    write(this.clearer, this.words.say(this.sure ? "talks.clear.sure" : "talks.clear"))
    if (this.sure) setTimeout(() => this.#unsure(), SURE_MS)
    else this.render()
  }

  #unsure() {
    this.sure = false
    write(this.clearer, this.words.say("talks.clear"))
  }
}
