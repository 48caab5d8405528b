// Decides what of a call is kept in this browser: nothing, its text, or its text and its sound, as the person chose.
// The
// talk that goes on can be exported whatever was chosen.

import { requestPersistence } from "../browser/persistence.js"
import { asItWas, goneOn, hasNews, lengthAt, partsIn, usageOf } from "./past-talk.js"
import { Recorder } from "./recorder.js"

const SAVE_MS = 3000
/** A call that is come back to does not wait longer for what was kept of it. */
const READ_MS = 1000

/**
 * @typedef {object} HistoryKeeperParts
 * @property {import("../models/transcript.js").Transcript} transcript
 * @property {import("../models/caption-pace.js").CaptionPace} pace
 * @property {import("../models/passed-events.js").PassedEvents} passed
 * @property {import("../models/preferences.js").Preferences} preferences
 * @property {import("./store.js").Store} store
 * @property {() => number} now milliseconds
 * @property {() => Promise<boolean>} [persist] asks the browser to hold what is kept
 * @property {Pick<BroadcastChannel, "postMessage" | "addEventListener"> | null} [otherTabs] whose talks are the same
 */

/**
 * @typedef {{id: string, sittings?: import("./talk.js").Sitting[]} & import("./recorder.js").GoingOn} TalkGoingOn
 */
/**
 * @typedef {{id: string | null, change?: import("./talk.js").TalkChange}} Done to a talk, or to all of them; without a
 *   change it was deleted
 */

export class HistoryKeeper {
  /** @type {Recorder | null} of the latest call */
  recorder = null
  live = false
  /** The line is away: what comes next belongs to the same talk. */
  away = false
  /** The talk that goes on was deleted: the rest of it is not taken down. */
  forgotten = false
  /** A talk of another day that goes on with the next call. @type {import("./talk.js").Talk | null} */
  taken = null
  /** One that is looked at. @type {import("./talk.js").Talk | null} */
  looked = null
  /** The first of its calls, among those of the page. */
  first = 0
  /** Which of the talk's calls that was. */
  firstPart = 0
  events = 0
  /** @type {ReturnType<typeof setTimeout> | null} */
  timer = null
  /** @type {import("./talk.js").Talk | null} the latest call once it is over */
  last = null
  /**
   * By their ids, the talks of the page that are over and not stored as they stand, and what is being written of each.
   * @type {Map<string, Promise<boolean> | null>}
   */
  unkept = new Map()
  /** For the talks that a person chose to keep, maybe on another day. */
  persistenceAsked = false

  /**
   * @param {HistoryKeeperParts} parts
   * @param {{talksChanged: () => void, keepingFailed: (code: string) => void}} delegate told with a notice's code
   */
  constructor(parts, delegate) {
    this.transcript = parts.transcript
    this.pace = parts.pace
    this.passed = parts.passed
    this.preferences = parts.preferences
    this.store = parts.store
    this.now = parts.now
    this.persist = parts.persist ?? requestPersistence
    this.delegate = delegate
    this.otherTabs = parts.otherTabs ?? null
    this.otherTabs?.addEventListener("message", ({ data }) => this.#doneElsewhere(data))
  }

  get keepsSound() {
    return this.live && Boolean(this.recorder?.keep)
  }

  /** No talk that is over would be lost with the page. */
  get allKept() {
    return this.unkept.size === 0
  }

  /** The latest talk, or null before the first. */
  get current() {
    const { recorder } = this
    return this.live && recorder
      ? recorder.talk(this.#entries, [...recorder.events, ...this.passed.since(this.events)]) : this.last
  }

  /**
   * It goes on with the next call, once that is live; null: another begins.
   * @param {import("./talk.js").Talk | null} talk
   */
  takeUp(talk) {
    this.taken = talk
  }

  /**
   * A call is live, the first of a talk or one that takes it up again.
   * @param {import("../wire.js").Ready} ready
   * @param {number} [earlyMs] of sound from before that belongs to it
   */
  begin(ready, earlyMs = 0) {
    if (this.away) return this.#goOn()
    this.end()
    const now = Date.now() - earlyMs
    const talk = this.taken && goneOn(this.taken, now)
    this.taken = null
    this.#begin(ready, now, talk, earlyMs)
    if (talk) this.#restore(talk, { part: partsIn(talk), earlier: usageOf(talk), opening: this.transcript.opening })
  }

  /** Its line is lost, or it is about to end: what there is is kept at once, since the page may close. */
  pause() {
    this.away = this.live || this.forgotten
    if (this.live) this.recorder?.turnChanged("listening")
    this.keepNow()
  }

  /** The page may close before the line is back. */
  keepNow() {
    if (!this.live) return
    this.recorder?.finish()
    this.#forgetTimer()
    if (this.preferences.values.keep !== "nothing") this.#save()
  }

  #goOn() {
    this.away = false
    this.recorder?.goOn(this.firstPart + this.transcript.entries.length - 1 - this.first)
  }

  /** With which a page that is loaded again goes on, or null. @returns {TalkGoingOn | null} */
  get goingOn() {
    const { recorder } = this
    if (!this.live || !recorder) return null
    const { part, earlier, about: { id, sittings } } = recorder
    return { id, part, earlier, opening: this.transcript.opening, ...sittings ? { sittings } : {} }
  }

  /** As it is stored, if it can be read soon: maybe not since it was gone on with. @param {TalkGoingOn | null} going */
  async stored(going) {
    if (!going) return undefined
    /** @type {Promise<undefined>} */
    const soon = new Promise(resolve => setTimeout(resolve, READ_MS))
    const talk = await Promise.race([this.store.read(going.id).catch(() => undefined), soon])
    return talk && going.sittings ? { ...talk, sittings: going.sittings } : talk
  }

  /**
   * The page was loaded again; the call goes on, and so does its talk.
   * @param {import("../wire.js").Resumed} resumed
   * @param {TalkGoingOn | null} going
   * @param {import("./talk.js").Talk | undefined} talk as it was stored
   */
  comeBack(resumed, going, talk) {
    this.#begin(resumed, Date.now(), talk)
    if (talk && going) this.#restore(talk, going)
  }

  /** @param {import("./talk.js").Talk} talk @param {import("./recorder.js").GoingOn} going */
  #restore(talk, going) {
    this.recorder?.restore(talk, going)
    this.firstPart = going.part
  }

  /**
   * @param {Pick<import("../wire.js").Ready, "conversation" | "model" | "voice">} ready
   * @param {number} now unix milliseconds
   * @param {import("./talk.js").Talk | null} [talk] that goes on
   * @param {number} [earlyMs]
   */
  #begin({ conversation, model, voice }, now, talk, earlyMs = 0) {
    if (!this.persistenceAsked) this.#askPersistence()
    const { id, title, marked, began } = talk ?? {
      id: `${now}-${conversation}`, title: "", marked: false, began: now
    }
    const { model: first, voice: its, sittings } = talk ?? { model, voice }
    const about = { id, title, marked, began, model: first, voice: its, ...sittings ? { sittings } : {} }
    const start = this.now() - earlyMs - (talk ? lengthAt(talk, now) : 0)
    const keep = this.preferences.values.keep === "sound" ? this.#keepSound(about.id) : null
    this.recorder = new Recorder(about, () => this.now() - start, keep)
    this.first = Math.max(0, this.transcript.entries.length - 1)
    this.firstPart = 0
    this.events = this.passed.arrived
    this.live = true
    this.transcript.id = id
  }

  /** Something was said: what is there is saved soon, since a page may close at any time. */
  changed() {
    if (this.live && this.preferences.values.keep !== "nothing") this.timer ??= setTimeout(() => this.#save(), SAVE_MS)
  }

  /** Also when the call is just over. @param {import("../wire.js").Usage} usage */
  usageArrived(usage) {
    const { recorder, last } = this
    recorder?.usageArrived(usage)
    if (!this.live && last && recorder?.about.id === last.id) this.#keepWhole(Object.assign(last, recorder.usage))
  }

  /** The call is over. */
  end() {
    this.away = this.forgotten = false
    if (this.live) this.#endTalk()
    this.delegate.talksChanged()
  }

  #endTalk() {
    this.recorder?.finish()
    const talk = this.current
    this.live = false
    this.#forgetTimer()
    if (talk && hasNews(talk)) this.#keepWhole(talk)
    else if (talk?.sound) this.#takeBack(talk)
  }

  #askPersistence() {
    if (this.preferences.values.keep === "nothing") return
    this.persistenceAsked = true
    this.persist()
  }

  /** From now on; what of this talk was kept and is not to be any more goes. */
  preferenceChanged() {
    const { recorder, preferences: { values: { keep } } } = this
    this.#askPersistence()
    if (!recorder || !this.live) return
    const { id } = recorder.about
    this.#forgetTimer()
    if (keep === "sound") recorder.keepSound(this.#keepSound(id))
    else recorder.dropSound()
    if (keep === "nothing") return this.#takeBack(recorder.talk(this.#entries, []))
    if (keep === "text") this.#removeSound(id, recorder.firstPiece)
    this.changed()
  }

  /**
   * Of what goes on now nothing is kept: neither words that are not to be, nor sound without any, which is in no list.
   * A talk of another day stays as it was.
   * @param {import("./talk.js").Talk} talk
   */
  #takeBack(talk) {
    const before = asItWas(talk)
    if (!before) return void this.#remove(talk.id)
    this.#removeSound(talk.id, talk.sittings?.at(-1)?.piece ?? 0)
    this.store.restore(before).catch(error => this.#failed(error))
  }

  /** @param {string} id @param {number} from this piece on */
  #removeSound(id, from) {
    this.store.removeSound(id, from).catch(() => this.delegate.keepingFailed("talk_not_deleted"))
  }

  /** One of a list with all that is known of it. @param {import("./talk.js").Talk} talk */
  async whole(talk) {
    const { current } = this
    const read = async () => await this.store.read(talk.id).catch(() => undefined) ?? talk
    return this.looked = current?.id === talk.id ? current : await read()
  }

  /**
   * Renamed or marked; what is not kept changes as long as the page is open.
   * @param {string} id
   * @param {import("./talk.js").TalkChange} change
   */
  async update(id, change) {
    this.#apply({ id, change })
    await this.store.change(id, change).then(() => this.delegate.talksChanged(), error => this.#failed(error))
    this.otherTabs?.postMessage({ id, change })
  }

  /** @param {string} id */
  async forget(id) {
    this.#apply({ id })
    await this.#remove(id)
    this.delegate.talksChanged()
    this.otherTabs?.postMessage({ id })
  }

  async forgetAll() {
    this.#apply({ id: null })
    await this.store.removeAll().catch(() => this.delegate.keepingFailed("talk_not_deleted"))
    this.delegate.talksChanged()
    this.otherTabs?.postMessage({ id: null })
  }

  /** To the talk that goes on, and to the latest. @param {Done} done */
  #apply({ id, change }) {
    const { recorder, last, taken, looked } = this
    const known = [recorder?.about, last, taken, looked]
    const [going, latest, coming, seen] = known.map(talk => talk && (id === null || talk.id === id) ? talk : null)
    if (change) return void [going, latest, coming, seen].forEach(talk => talk && Object.assign(talk, change))
    id === null ? this.unkept.clear() : this.unkept.delete(id)
    if (going) this.#stop()
    if (latest) this.last = null
    if (coming) this.taken = null
    if (seen) this.looked = null
  }

  /** Also to the talk that goes on here, which would be written once more as it was. @param {Done} done */
  #doneElsewhere(done) {
    const { recorder } = this
    this.#apply(done)
    // What was written here meanwhile.
    if (recorder && !this.recorder) this.#remove(recorder.about.id)
    this.delegate.talksChanged()
  }

  /** As they are seen: of an answer that is still being said, what was heard so far. */
  get #entries() {
    const parts = this.transcript.entries.slice(this.first)
    const seen = (/** @type {import("../models/transcript.js").Entry} */ entry, /** @type {number} */ part) =>
      entry.heard ?? (part === parts.length - 1 ? this.pace.seen(entry) : null)
    return parts.flatMap((entries, part) => entries.map(
      entry => ({ ...entry, part: this.firstPart + part, heard: seen(entry, part) })
    ))
  }

  /** Of the call that goes on nothing more is taken down. */
  #stop() {
    this.#forgetTimer()
    this.forgotten = this.live
    this.live = false
    this.recorder = null
  }

  /** @param {import("./talk.js").Talk} talk */
  #keepWhole(talk) {
    const { id } = talk
    const written = this.preferences.values.keep === "nothing" ? null : this.#write(talk)
    this.last = talk
    this.unkept.set(id, written)
    // Not by an older writing of it.
    written?.then(kept => { if (kept && this.unkept.get(id) === written) this.unkept.delete(id) })
  }

  #save() {
    this.timer = null
    const talk = this.recorder?.talk(this.#entries, [])
    if (this.live && talk && hasNews(talk)) this.#write(talk)
  }

  /** Whether it is stored. @param {import("./talk.js").Talk} talk @returns {Promise<boolean>} */
  async #write(talk) {
    try {
      await this.store.write(talk)
    } catch (error) {
      this.#failed(/** @type {DOMException} */ (error))
      return false
    }
    this.delegate.talksChanged()
    return true
  }

  /** @param {string} id */
  #remove(id) {
    return this.store.remove(id).catch(() => this.delegate.keepingFailed("talk_not_deleted"))
  }

  /** A newer page's database is not for this one; else there is no room, most likely. @param {DOMException} error */
  #failed(error) {
    this.delegate.keepingFailed(error.name === "VersionError" ? "talks_newer" : "talk_not_kept")
  }

  /** @param {string} id */
  #keepSound(id) {
    return (/** @type {import("./talk.js").Piece} */ { n }, /** @type {Int16Array} */ pcm) => {
      this.store.writeSound(id, n, pcm).catch(error => this.#soundFailed(id, n, error))
    }
  }

  /**
   * What was kept so far stays, and the text may still fit.
   * @param {string} id
   * @param {number} n
   * @param {DOMException} error
   */
  #soundFailed(id, n, error) {
    const { recorder, last } = this
    if (recorder?.about.id === id) {
      recorder.soundLost(n)
      if (!this.live && last?.id === id) this.#keepWhole(Object.assign(last, { sound: recorder.sound }))
    }
    this.#failed(error)
  }

  #forgetTimer() {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }
}
