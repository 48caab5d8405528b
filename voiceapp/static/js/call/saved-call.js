// What a page needs to come back to its call after a reload: kept by its tab as long as the call lasts. A tab that is
// duplicated takes it along, and then takes the call.

const KEY = "voiceapp.call"
/** How often it is written down that the page is there. */
const EVERY_MS = 2000
const MAX_LATENCIES = 100
/** By so much clocks are put right without anybody's doing. */
const SLEW_MS = 5000

/**
 * @typedef {object} Saved
 * @property {string} token
 * @property {number} grace_s
 * @property {number} began of the call, unix milliseconds
 * @property {import("./session-request.js").Terms} terms what the session was told
 * @property {boolean} microphone it was open, and not muted
 * @property {import("../history/history-keeper.js").TalkGoingOn | null} talk as which the call is kept
 * @property {import("./outbox.js").Sent[]} [texts] that were sent and may not have been taken
 * @property {import("../models/latency.js").Latency[]} [latencies] of the latest answers, once the page goes
 * @property {string | null} [page] the id of the page that asked for the call and may have it: its token may be another
 *   by now, which never came
 * @property {number} seen when the page was last there, unix milliseconds
 */

export class SavedCall {
  /** As it was written last. @type {Saved | null} */
  saved = null

  /**
   * @param {Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem"> | null} storage of this tab
   * @param {() => number} [wall] unix milliseconds: the page's own clock begins anew with it
   */
  constructor(storage, wall = Date.now) {
    this.storage = storage
    this.wall = wall
  }

  /** @param {Omit<Saved, "seen">} call */
  keep(call) {
    this.#write({ ...call, seen: this.wall() })
  }

  /** @param {import("./outbox.js").Sent[]} texts */
  keepTexts(texts) {
    const { saved } = this
    if (saved && JSON.stringify(texts) !== JSON.stringify(saved.texts ?? [])) this.keep({ ...saved, texts })
  }

  /** The page is there, and in its call. */
  touch() {
    if (this.saved && this.wall() - this.saved.seen >= EVERY_MS) this.keep(this.saved)
  }

  /**
   * The page goes, and changes nothing of it any more.
   * @param {string | null} page as whom the next one has to come, if not as another
   * @param {Saved["latencies"]} latencies
   */
  left(page, latencies = []) {
    if (this.saved) this.#write({ ...this.saved, page, latencies: latencies.slice(-MAX_LATENCIES) })
    this.saved = null
  }

  /** The call is over, or another page's. */
  forget() {
    this.saved = null
    try {
      this.storage?.removeItem(KEY)
    } catch {
      // Then nothing is in it.
    }
  }

  /** Of this tab before it was loaded again, or of the one that it was made of. @returns {Saved | null} */
  read() {
    try {
      const saved = JSON.parse(this.storage?.getItem(KEY) ?? "null")
      this.saved = valid(saved) ? saved : null
    } catch {
      this.saved = null
    }
    return this.saved
  }

  /** How long nobody was there; a clock that was set back by far cannot tell. @param {Saved} saved */
  awayMs({ seen }) {
    const ms = this.wall() - seen
    return ms < -SLEW_MS ? Infinity : Math.max(0, ms)
  }

  /** @param {Saved} saved */
  #write(saved) {
    this.saved = saved
    try {
      this.storage?.setItem(KEY, JSON.stringify(saved))
    } catch {
      // There is no room: a reload ends the call.
    }
  }
}

/** @param {any} saved */
function valid(saved) {
  return typeof saved?.token === "string" && typeof saved.terms?.mode === "string"
    && [saved.grace_s, saved.began, saved.seen].every(Number.isFinite) && validTexts(saved.texts)
    && validLatencies(saved.latencies)
}

/** @param {any} latencies */
function validLatencies(latencies = []) {
  return Array.isArray(latencies) && latencies.every(each => Number.isFinite(each?.firstSoundMs))
}

/** @param {any} texts */
function validTexts(texts = []) {
  return Array.isArray(texts)
    && texts.every(each => Number.isFinite(each?.number) && typeof each.text === "string")
}
