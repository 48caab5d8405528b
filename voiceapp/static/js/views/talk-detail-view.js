// One past talk: read, heard again with its text in time, renamed, marked, saved as a file, deleted.

import { breakParts } from "../models/breaks.js"
import { marksOf } from "../models/marks.js"
import { canGoOn } from "../history/past-talk.js"
import { shownAt } from "../history/replay.js"
import { isSeen, rowsOf, saidIn, titleOf } from "../history/talk.js"
import { toolLine } from "../models/tool.js"
import { element, find, icon, write } from "./element.js"
import { save } from "./save.js"
import { keepSelection } from "./selection.js"
import { shown as pictureOf } from "./picture-row.js"
import { separator } from "./separator.js"
import { ConfirmButton } from "./confirm-button.js"

/** What makes files of a talk: loaded when one is looked at. */
const filing = () => import("../history/files.js")
/** What most want of a talk: it is chosen from the beginning. */
const PLAIN = "txt"

/**
 * @typedef {object} TalkDetailDelegate
 * @property {boolean} callActive
 * @property {(talk: import("../history/talk.js").Talk) => void} goOnWanted
 * @property {(left?: string) => void} talkClosed the one that is left, if it is still there
 * @property {() => void} partMissing
 */

export class TalkDetailView {
  root = find("talk-detail", HTMLElement)
  /** @type {import("../history/talk.js").Talk | null} */
  talk = null
  /** @type {HTMLAudioElement | null} */
  player = null
  address = ""
  /** @type {HTMLButtonElement | null} */
  goOn = null
  goOnLater = element("span")
  /** The frame that is asked for. */
  frame = 0
  /** @type {Map<string, {row: HTMLElement, text: HTMLElement}>} */
  rows = new Map()

  /**
   * @param {import("../history/history-keeper.js").HistoryKeeper} keeper
   * @param {import("../browser/i18n.js").Words} words
   * @param {TalkDetailDelegate} delegate
   */
  constructor(keeper, words, delegate) {
    this.keeper = keeper
    this.words = words
    this.delegate = delegate
  }

  /** @param {import("../history/talk.js").Talk} talk */
  open(talk) {
    this.#release()
    this.talk = talk
    this.root.hidden = false
    const back = this.#button("talks.back", () => this.close(talk.id))
    this.root.replaceChildren(
      back, this.#name(talk), ...this.#going(talk), this.#tools(talk), this.#sound(talk), this.#entries(talk)
    )
    back.focus()
  }

  /** A call began, or is over. */
  renderGoOn() {
    const busy = this.delegate.callActive
    if (!this.goOn) return
    this.goOn.disabled = busy
    write(this.goOnLater, busy ? this.words.say("talks.go_on.later") : "")
  }

  /** @param {string} [left] the talk, which is still there */
  close(left) {
    this.#release()
    this.talk = null
    this.root.hidden = true
    this.root.replaceChildren()
    this.delegate.talkClosed(left)
  }

  pause() {
    this.player?.pause()
  }

  #release() {
    this.pause()
    if (this.address) {
      // It may still be reading.
      this.player?.removeAttribute("src")
      this.player?.load()
      URL.revokeObjectURL(this.address)
    }
    this.player = null
    this.address = ""
  }

  /** @param {import("../history/talk.js").Talk} talk */
  #name(talk) {
    const box = element("input", { type: "text", dir: "auto", maxlength: "200", value: titleOf(talk, this.words) })
    box.addEventListener("change", () => this.#change({ title: box.value.trim() }))
    return element("label", { class: "setting menu" }, element("span", {}, this.words.say("talks.rename")), box)
  }

  /** Where there is something to go on with. @param {import("../history/talk.js").Talk} talk */
  #going(talk) {
    this.goOn = canGoOn(talk) ? element(
      "button", { type: "button", class: "plain go-on", "aria-describedby": "go-on-later" }, icon("talk"),
      this.words.say("talks.go_on")
    ) : null
    this.goOnLater = element("span", { id: "go-on-later", class: "quiet" })
    this.goOn?.addEventListener("click", () => { if (this.talk) this.delegate.goOnWanted(this.talk) })
    this.renderGoOn()
    return this.goOn ? [element("div", { class: "tools" }, this.goOn, this.goOnLater)] : []
  }

  /** @param {import("../history/talk.js").Talk} talk */
  #tools(talk) {
    const mark = this.#button("talks.mark", () => {
      this.#change({ marked: !this.talk?.marked })
      mark.setAttribute("aria-pressed", String(this.talk?.marked))
    })
    mark.setAttribute("aria-pressed", String(talk.marked))
    const remove = element("button", { type: "button", class: "plain danger" }, this.words.say("talks.remove"))
    new ConfirmButton(
      remove, { label: this.words.say("talks.remove"), question: this.words.say("talks.remove.sure") },
      () => this.#remove(talk.id)
    )
    return element("div", { class: "tools" }, mark, remove, ...this.#exports(talk))
  }

  /** @param {import("../history/talk.js").Talk} talk */
  #exports(talk) {
    const name = this.words.say("talks.export")
    const label = element("span", { class: "quiet", "aria-hidden": "true" }, name)
    const menu = element("select", { "aria-label": name, class: "export" })
    const saver = element("button", { type: "button", class: "plain", disabled: true }, this.words.say("log.save"))
    filing().then(({ formatsOf }) => {
      menu.append(
        ...formatsOf(talk).map(form => element("option", { value: form }, this.words.say(`talks.form.${form}`)))
      )
      menu.value = PLAIN
      saver.disabled = false
    }, () => this.delegate.partMissing())
    saver.addEventListener(
      "click", async () => save(await (await filing()).fileOf(talk, menu.value, this.words, this.#load(talk.id)))
    )
    return [element("span", { class: "saving" }, label, menu, saver)]
  }

  /** @param {import("../history/talk.js").Talk} talk */
  #sound(talk) {
    if (!talk.sound) return element("p", { class: "quiet note" }, this.words.say("talks.silent"))
    const player = this.player = element("audio", { controls: true, "aria-label": this.words.say("talks.replay") })
    const follow = () => this.#follow(player)
    for (const type of ["play", "seeking", "timeupdate", "ended"]) player.addEventListener(type, follow)
    filing().then(({ sound }) => sound(talk, this.#load(talk.id))).then(blob => {
      if (this.player !== player) return
      this.address = URL.createObjectURL(blob)
      player.src = this.address
    }, () => this.delegate.partMissing())
    return player
  }

  /** @param {import("../history/talk.js").Talk} talk */
  #entries(talk) {
    const told = talk.entries.filter(entry => isSeen(entry) && !entry.tool)
    this.rows = new Map(told.map(entry => [entry.id, this.#row(entry)]))
    const shown = rowsOf(talk, isSeen).map(({ entry, one }) => {
      if (!entry) return separator(breakParts(one, this.words))
      if (entry.tool) return element("p", { class: "past mark" }, toolLine(entry.tool, this.words))
      return /** @type {{row: HTMLElement}} */ (this.rows.get(entry.id)).row
    })
    return element("div", { class: "past-talk" }, ...shown)
  }

  /** @param {import("../history/talk.js").TalkEntry} entry */
  #row(entry) {
    const text = element("span", { class: "text", dir: "auto" }, saidIn(entry))
    const who = element(
      "span", { class: "who" }, this.words.say(entry.role === "user" ? "transcript.you" : "transcript.assistant")
    )
    const said = saidIn(entry) ? [element("p", { class: "words" }, text)] : []
    const seen = entry.kind === "picture"
      ? [element("div", { class: "picture" }, pictureOf(entry.picture, this.words))] : []
    const marks = marksOf(entry).map(key => element("p", { class: "mark" }, this.words.say(key)))
    const about = { class: "past", "data-role": entry.role, "data-past": entry.id }
    return { row: element("div", about, who, ...said, ...seen, ...marks), text }
  }

  /** @param {HTMLAudioElement} player */
  #follow(player) {
    if (!this.talk || player !== this.player) return
    this.#show(this.talk, player)
    cancelAnimationFrame(this.frame)
    if (!player.paused) this.frame = requestAnimationFrame(() => this.#follow(player))
  }

  /**
   * What has been said so far is dark, what comes is faint: nothing moves while one reads.
   * @param {import("../history/talk.js").Talk} talk
   * @param {HTMLAudioElement} player
   */
  #show(talk, player) {
    const whole = player.ended || (player.paused && player.currentTime === 0)
    const shown = new Map(shownAt(talk, 1000 * player.currentTime).map(({ entry, shown: count }) => [entry.id, count]))
    for (const [id, { text }] of this.rows) this.#fade(text, whole ? Infinity : shown.get(id) ?? 0)
  }

  /** @param {HTMLElement} text @param {number} shown */
  #fade(text, shown) {
    const words = text.textContent ?? ""
    const at = Math.min(words.length, shown)
    if (text.dataset.shown === String(at)) return
    text.dataset.shown = String(at)
    keepSelection(
      text, () => text.replaceChildren(words.slice(0, at), element("span", { class: "coming" }, words.slice(at)))
    )
  }

  /** @param {string} id */
  #load(id) {
    return (/** @type {number} */ n) => this.keeper.store.readSound(id, n)
  }

  /** @param {import("../history/talk.js").TalkChange} change */
  #change(change) {
    if (!this.talk) return
    Object.assign(this.talk, change)
    this.keeper.update(this.talk.id, change)
  }

  /** @param {string} id */
  async #remove(id) {
    await this.keeper.forget(id)
    if (this.talk?.id === id) this.close()
  }

  /** @param {string} key @param {() => void} pressed */
  #button(key, pressed) {
    const button = element(
      "button", { type: "button", class: "plain" }, ...key === "talks.back" ? [icon("up")] : [], this.words.say(key)
    )
    button.classList.toggle("back", key === "talks.back")
    button.addEventListener("click", pressed)
    return button
  }
}
