// Pictures that the person shows: each goes up in parts, one after the other, so that what is said finds its way
// between them; and until it stands in the conversation it is on the screen.

import { isPicture } from "../models/thumbnails.js"

/** As docs/wire.md has it, in characters of base64. */
const PART = 32_768
/** So many parts at once, and then one every so often: the server takes no more. And so many pictures. */
const PARTS = { atOnce: 11, everyMs: 260 }, PICTURES = { atOnce: 10, everyMs: 5000 }
/** One whose last part is there stands in the conversation long before. */
const LATE_MS = 10_000

/** In the tab: what does not stand in a conversation yet. */
const KEY = "voiceapp.unshown"

/** Of what a page sends: it may have been a picture. */
const REFUSED = ["too_fast", "bad_event", "not_started", "pictures_unseen"]

/** @typedef {"waiting" | "sending" | "unsent"} PictureState */
/**
 * @typedef {object} ShownPicture
 * @property {string} item the id that it has in the conversation
 * @property {string} jpeg base64
 * @property {string} thumbnail an address with its content
 * @property {PictureState} state
 * @property {number} sent how many of its parts the server has
 */

/** @param {ShownPicture} picture */
export const partsOf = ({ jpeg }) => Math.ceil(jpeg.length / PART)

export class Pictures {
  /** @type {ShownPicture[]} in the order in which they were shown */
  all
  parts = new Pace(PARTS)
  pace = new Pace(PICTURES)
  /** @type {ReturnType<typeof setTimeout> | undefined} of the next part, or of what should stand there by then */
  timer

  /**
   * @param {Pick<import("./uplink.js").Uplink, "live" | "sendPicture">} uplink
   * @param {{picturesChanged: () => void}} delegate
   * @param {() => number} now milliseconds
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} [drafts] of this tab alone
   */
  constructor(uplink, delegate, now, drafts = null) {
    this.uplink = uplink
    this.now = now
    this.delegate = delegate
    this.drafts = drafts
    this.all = read(drafts)
  }

  /** @param {{jpeg: string, thumbnail: string}} picture its item's id */
  add({ jpeg, thumbnail }) {
    const item = `picture_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`
    this.#set([...this.all, { item, jpeg, thumbnail, state: "waiting", sent: 0 }])
    this.send()
    return item
  }

  /** The next, where there is a call to send it to. */
  send() {
    const next = this.all.find(({ state }) => state === "waiting")
    if (!next || !this.uplink.live || this.#sending) return
    const wait = this.pace.wait(this.now())
    if (wait > 0) return void this.#later(wait, () => this.send())
    this.#change(next.item, { state: "sending", sent: 0 })
    this.#sendPart(next.item, 1)
  }

  /** It stands in the conversation. How it looks, where it was one of these. @param {string} item */
  arrived(item) {
    const picture = this.all.find(each => each.item === item)
    if (!picture) return null
    // Of its last part the server may not have said so yet.
    if (picture.state === "sending" && picture.sent < partsOf(picture)) this.pace.take()
    this.remove(item)
    return picture.thumbnail
  }

  /** Something was refused, and nobody says what. @param {string} code */
  noticed(code) {
    const sending = this.#sending
    if (sending && REFUSED.includes(code)) this.#fail(sending.item)
  }

  /** Another call takes up, or none: what has not arrived by now is for that one, from its first part on. */
  lost() {
    clearTimeout(this.timer)
    if (this.#sending) this.#change(this.#sending.item, { state: "waiting", sent: 0 })
  }

  /** Once more. @param {string} item */
  again(item) {
    this.#change(item, { state: "waiting", sent: 0 })
    this.send()
  }

  /** @param {string} item */
  remove(item) {
    if (this.#sending?.item === item) clearTimeout(this.timer)
    this.#set(this.all.filter(picture => picture.item !== item))
    this.send()
  }

  get #sending() {
    return this.all.find(({ state }) => state === "sending")
  }

  /** @param {string} item @param {number} part */
  #sendPart(item, part) {
    const picture = this.#sending
    if (picture?.item !== item || picture.sent !== part - 1) return
    const wait = this.parts.wait(this.now())
    if (wait > 0) return void this.#later(wait, () => this.#sendPart(item, part))
    this.parts.take()
    const data = picture.jpeg.slice((part - 1) * PART, part * PART)
    this.uplink.sendPicture(
      { item, part, parts: partsOf(picture), data }, taken => { if (taken) this.#taken(item, part) }
    )
  }

  /** @param {string} item @param {number} part */
  #taken(item, part) {
    const picture = this.#sending
    if (picture?.item !== item || picture.sent !== part - 1) return
    this.#change(item, { sent: part })
    if (part < partsOf(picture)) return this.#sendPart(item, part + 1)
    // It counts with its last part.
    this.pace.take()
    this.#later(LATE_MS, () => this.#fail(item))
  }

  /** @param {string} item */
  #fail(item) {
    clearTimeout(this.timer)
    this.#change(item, { state: "unsent", sent: 0 })
    this.send()
  }

  /** It waits for no call, but for those before it. @param {ShownPicture} picture */
  isQueued({ state }) {
    return state === "waiting" && this.uplink.live
  }

  /** @param {number} ms @param {() => void} act */
  #later(ms, act) {
    clearTimeout(this.timer)
    this.timer = setTimeout(act, ms)
  }

  /** @param {string} item @param {Partial<ShownPicture>} change */
  #change(item, change) {
    this.#set(this.all.map(picture => picture.item === item ? { ...picture, ...change } : picture))
  }

  /** @param {ShownPicture[]} all */
  #set(all) {
    const others = all.length !== this.all.length
    this.all = all
    if (others) this.#keep()
    this.delegate.picturesChanged()
  }

  #keep() {
    try {
      if (this.all.length) this.drafts?.setItem(KEY, JSON.stringify(this.all))
      else this.drafts?.removeItem(KEY)
    } catch {
      // No room for all: none is there once the page is loaded again.
      this.drafts?.removeItem(KEY)
    }
  }
}

/** How often something may be sent: so many at once, and then one every so often. */
class Pace {
  at = 0

  /** @param {{atOnce: number, everyMs: number}} rate */
  constructor({ atOnce, everyMs }) {
    this.atOnce = this.credit = atOnce
    this.everyMs = everyMs
  }

  /** How long until one more may be, in milliseconds. @param {number} now */
  wait(now) {
    this.credit = Math.min(this.atOnce, this.credit + (now - this.at) / this.everyMs)
    this.at = now
    return this.credit >= 1 ? 0 : Math.ceil((1 - this.credit) * this.everyMs)
  }

  take() {
    this.credit--
  }
}

/** What a page before this one in the tab did not send. @param {Pick<Storage, "getItem"> | null} drafts */
function read(drafts) {
  try {
    /** @type {ShownPicture[]} */
    const kept = JSON.parse(drafts?.getItem(KEY) ?? "[]").filter(isOne)
    return kept.map(picture => ({ ...picture, state: /** @type {const} */ ("waiting"), sent: 0 }))
  } catch {
    return []
  }
}

/** @param {any} kept */
function isOne(kept) {
  return typeof kept.item === "string" && typeof kept.jpeg === "string" && isPicture(kept.thumbnail)
}
