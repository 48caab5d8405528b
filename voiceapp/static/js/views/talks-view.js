// Past talks: found, opened, and deleted. Opening one hands over to its own view.

import { lastBegan } from "../history/past-talk.js"
import { search } from "../history/search.js"
import { titleOf } from "../history/talk.js"
import { clock } from "../models/usage-model.js"
import { element, find, icon, write } from "./element.js"
import { ConfirmButton } from "./confirm-button.js"
import { addStylesheet } from "./stylesheet.js"

export const style = () => addStylesheet(new URL("../../css/talks.css", import.meta.url))

/**
 * @typedef {object} TalksDelegate
 * @property {boolean} callActive
 * @property {(talk: import("../history/talk.js").Talk) => void} goOnWanted with a new call
 * @property {() => void} partMissing
 */

export class TalksView {
  list = find("talks-list", HTMLElement)
  rows = find("talks-rows", HTMLElement)
  empty = find("talks-empty", HTMLElement)
  box = find("talks-search", HTMLInputElement)
  clearer = find("talks-clear", HTMLButtonElement)
  /** @type {import("../history/talk.js").Talk[]} */
  talks = []
  /** @type {Map<string, HTMLButtonElement>} of the talks that are seen */
  drawn = new Map()
  /** Those that are kept could not be read. */
  unread = false
  /** What shows one of them, once it was loaded. @type {import("./talk-detail-view.js").TalkDetailView | undefined} */
  detail
  /** How often it was rendered: an older one that is still reading gives up. */
  renders = 0

  /**
   * @param {import("../history/history-keeper.js").HistoryKeeper} keeper
   * @param {import("../browser/i18n.js").Words} words
   * @param {import("./drawer.js").Drawer} drawer
   * @param {TalksDelegate} delegate
   */
  constructor(keeper, words, drawer, delegate) {
    this.keeper = keeper
    this.words = words
    this.drawer = drawer
    this.delegate = delegate
  }

  start() {
    this.box.addEventListener("input", () => this.#renderRows())
    new ConfirmButton(
      this.clearer, { label: this.words.say("talks.clear"), question: this.words.say("talks.clear.sure") },
      () => this.#clear()
    )
  }

  async render() {
    this.#closeDeleted()
    if (!this.drawer.opened || this.list.hidden) return
    const render = ++this.renders
    const stored = this.keeper.store.blocked ? null : await this.keeper.store.all().catch(() => null)
    if (render !== this.renders) return
    this.unread = stored === null
    this.#show(stored ?? [])
  }

  /** In another tab, while it is looked at here. */
  #closeDeleted() {
    if (this.detail?.talk && !this.keeper.looked) this.detail.close()
  }

  /** @param {import("../history/talk.js").Talk[]} stored */
  #show(stored) {
    const { current } = this.keeper
    const fresh = current?.entries.length && !stored.some(({ id }) => id === current.id) ? [current] : []
    const marked = (/** @type {import("../history/talk.js").Talk} */ talk) => Number(talk.marked)
    this.talks = [...fresh, ...stored].sort((a, b) => marked(b) - marked(a) || lastBegan(b) - lastBegan(a))
    this.#renderRows()
  }

  /** Nothing of the past is heard. */
  pause() {
    this.detail?.pause()
  }

  /** A call began, or is over. */
  callChanged() {
    this.detail?.renderGoOn()
  }

  // Delegate of the detail

  get callActive() {
    return this.delegate.callActive
  }

  /** @param {import("../history/talk.js").Talk} talk */
  goOnWanted(talk) {
    this.detail?.close()
    this.drawer.giveWay()
    find("call", HTMLButtonElement).focus()
    this.delegate.goOnWanted(talk)
  }

  partMissing() {
    this.delegate.partMissing()
  }

  /** Back to where one came from: its row may have to be drawn first. @param {string} [left] */
  async talkClosed(left = "") {
    this.list.hidden = false
    const there = this.drawn.get(left) ?? (left ? null : this.box)
    there?.focus()
    await this.render()
    if (!there) this.drawn.get(left)?.focus()
  }

  #renderRows() {
    const found = search(this.talks, this.box.value)
    this.drawn = new Map(found.map(talk => [talk.id, this.#row(talk)]))
    this.#place([...this.drawn.values()])
    const why = this.unread ? "talks.unread" : this.talks.length ? "talks.none" : "talks.empty"
    this.empty.hidden = found.length > 0 && !this.unread
    write(this.empty, this.empty.hidden ? "" : this.words.say(why))
    this.clearer.hidden = this.talks.length === 0
  }

  /** The keyboard's focus stays where it is. @param {HTMLButtonElement[]} buttons */
  #place(buttons) {
    const placed = [...this.rows.querySelectorAll("button")]
    if (buttons.length === placed.length && buttons.every((button, i) => button === placed[i])) return
    const focused = buttons.find(button => button === document.activeElement)
    this.rows.replaceChildren(...buttons.map(button => element("li", {}, button)))
    focused?.focus({ preventScroll: true })
  }

  /** The same element as before for the same talk. @param {import("../history/talk.js").Talk} talk */
  #row(talk) {
    const button = this.drawn.get(talk.id) ?? this.#button(talk.id)
    const began = new Date(lastBegan(talk))
    const when = began.toLocaleString(this.words.language, { dateStyle: "medium", timeStyle: "short" })
    const about = [when, clock(talk.length), ...talk.sound ? [this.words.say("talks.with_sound")] : []].join(" · ")
    const title = element(
      "span", { class: "talk-title" }, talk.marked ? "★ " : "", element("bdi", {}, titleOf(talk, this.words))
    )
    button.replaceChildren(
      icon(talk.sound ? "talk" : "log"), element("span", {}, title, element("small", { class: "quiet" }, about))
    )
    return button
  }

  /** @param {string} id */
  #button(id) {
    const button = element("button", { type: "button", class: "talk-row-button", "data-talk": id })
    button.addEventListener("click", () => this.open(this.talks.find(talk => talk.id === id)))
    return button
  }

  /** @param {import("../history/talk.js").Talk | undefined} talk */
  async open(talk) {
    if (!talk) return
    const loading = import("./talk-detail-view.js")
    const whole = await this.keeper.whole(talk)
    const loaded = await loading.catch(() => this.delegate.partMissing())
    if (!loaded) return
    this.detail ??= new loaded.TalkDetailView(this.keeper, this.words, this)
    this.list.hidden = true
    this.detail.open(whole)
  }

  /** The button goes away with the talks. */
  async #clear() {
    this.box.focus()
    await this.keeper.forgetAll()
    this.render()
  }
}
