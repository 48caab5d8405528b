// Decides what of a call is kept in this browser: nothing, its text, or its text and its sound, as the person chose. The
// talk that goes on can be exported whatever was chosen.

import { Recorder } from "./recorder.js"

const SAVE_MS = 3000

/**
 * @typedef {object} KeeperParts
 * @property {import("../transcript.js").Transcript} transcript
 * @property {import("../inspector.js").Inspector} inspector
 * @property {import("../choices.js").Choices} choices
 * @property {import("./store.js").Store} store
 * @property {() => number} now milliseconds
 */

export class Keeper {
  /** @type {Recorder | null} of the latest call */
  recorder = null
  live = false
  events = 0
  /** @type {ReturnType<typeof setTimeout> | null} */
  timer = null
  /** @type {import("./talk.js").Talk | null} the latest call once it is over */
  last = null

  /**
   * @param {KeeperParts} parts
   * @param {{talksChanged: () => void, keepingFailed: () => void}} delegate
   */
  constructor(parts, delegate) {
    this.transcript = parts.transcript
    this.inspector = parts.inspector
    this.choices = parts.choices
    this.store = parts.store
    this.now = parts.now
    this.delegate = delegate
  }

  get keepsSound() {
    return this.live && Boolean(this.recorder?.keep)
  }

  /** The latest call's, or null before the first. */
  get current() {
    return this.live && this.recorder ? this.recorder.talk(this.#entries, this.inspector.since(this.events)) : this.last
  }

  /** @param {import("../wire.js").Ready} ready */
  begin({ conversation, model, voice }) {
    this.end()
    const began = Date.now()
    const about = { id: `${began}-${conversation}`, title: "", marked: false, began, model, voice }
    const start = this.now()
    const keep = this.choices.values.keep === "sound" ? this.#keepSound(about.id) : null
    this.recorder = new Recorder(about, () => this.now() - start, keep)
    this.events = this.inspector.arrived
    this.live = true
  }

  /** Something was said: what is there is saved soon, since a page may close at any time. */
  changed() {
    if (this.live && this.choices.values.keep !== "nothing") this.timer ??= setTimeout(() => this.#save(), SAVE_MS)
  }

  /** Also when the call is just over. @param {import("../wire.js").Usage} usage */
  usageArrived(usage) {
    const { recorder, last } = this
    recorder?.usageArrived(usage)
    if (!this.live && last && recorder?.about.id === last.id) this.#keepWhole(Object.assign(last, recorder.bill))
  }

  /** The call is over, or its connection is. */
  end() {
    if (!this.live) return
    this.recorder?.finish()
    const talk = this.current
    this.live = false
    this.#forgetTimer()
    if (talk?.entries.length) this.#keepWhole(talk)
    // Sound without a word: in no list, so nobody could delete it.
    else if (talk?.sound) this.store.remove(talk.id).catch(() => {})
    this.delegate.talksChanged()
  }

  /** From now on nothing: what was kept of this call goes too. */
  choiceChanged() {
    if (this.choices.values.keep !== "sound" && this.recorder) this.recorder.keep = null
    if (this.choices.values.keep !== "nothing" || !this.recorder || !this.live) return
    this.#forgetTimer()
    this.store.remove(this.recorder.about.id).catch(() => {})
  }

  /** One of a list with all that is known of it. @param {import("./talk.js").Talk} talk */
  async whole(talk) {
    const { current } = this
    return current?.id === talk.id ? current : await this.store.read(talk.id).catch(() => undefined) ?? talk
  }

  /**
   * Renamed or marked; what is not kept changes as long as the page is open.
   * @param {string} id
   * @param {import("./talk.js").TalkChange} change
   */
  async update(id, change) {
    if (this.recorder?.about.id === id) Object.assign(this.recorder.about, change)
    if (this.last?.id === id) Object.assign(this.last, change)
    await this.store.change(id, change).then(() => this.delegate.talksChanged(), () => this.delegate.keepingFailed())
  }

  /** @param {string} id */
  async forget(id) {
    if (this.recorder?.about.id === id) this.#stop()
    if (this.last?.id === id) this.last = null
    await this.store.remove(id).catch(() => {})
  }

  async forgetAll() {
    this.#stop()
    this.last = null
    await this.store.removeAll().catch(() => {})
  }

  get #entries() {
    return this.transcript.entries.at(-1) ?? []
  }

  /** Of the call that goes on nothing more is taken down. */
  #stop() {
    this.#forgetTimer()
    this.live = false
    this.recorder = null
  }

  /** @param {import("./talk.js").Talk} talk */
  #keepWhole(talk) {
    this.last = talk
    if (this.choices.values.keep !== "nothing") this.#write(talk)
  }

  #save() {
    this.timer = null
    const talk = this.recorder?.talk(this.#entries, [])
    if (this.live && talk?.entries.length) this.#write(talk)
  }

  /** @param {import("./talk.js").Talk} talk */
  #write(talk) {
    this.store.write(talk).then(() => this.delegate.talksChanged(), () => this.delegate.keepingFailed())
  }

  /** @param {string} id */
  #keepSound(id) {
    return (/** @type {import("./talk.js").Piece} */ { n }, /** @type {Int16Array} */ pcm) => {
      this.store.writeSound(id, n, pcm).catch(() => this.#soundFailed())
    }
  }

  /** The disk is full, most likely: the text may still fit. */
  #soundFailed() {
    if (this.recorder) this.recorder.keep = null
    this.delegate.keepingFailed()
  }

  #forgetTimer() {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }
}
