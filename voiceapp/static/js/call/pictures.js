// Pictures that the person shows: each goes up in parts, one after the other, so that what is said finds its way
// between them; and until it stands in the conversation it is on the screen.

/** As docs/wire.md has it, in characters of base64. */
const PART = 32_768
/** So many parts at once, and then one every so often: the server takes no more. */
const AT_ONCE = 11, EVERY_MS = 260
/** One whose last part is there stands in the conversation long before. */
const LATE_MS = 10_000

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
  all = []
  credit = AT_ONCE
  creditAt = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} of the next part, or of what should stand there by then */
  timer

  /**
   * @param {Pick<import("./uplink.js").Uplink, "live" | "sendPicture">} uplink
   * @param {{picturesChanged: () => void}} delegate
   * @param {() => number} now milliseconds
   */
  constructor(uplink, delegate, now) {
    this.uplink = uplink
    this.now = now
    this.delegate = delegate
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
    this.#change(next.item, { state: "sending", sent: 0 })
    this.#sendPart(next.item, 1)
  }

  /** It stands in the conversation. @param {string} item */
  arrived(item) {
    if (this.all.some(picture => picture.item === item)) this.remove(item)
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
    const wait = this.#wait()
    if (wait > 0) return void this.#later(wait, () => this.#sendPart(item, part))
    this.credit--
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
    if (part < partsOf(picture)) this.#sendPart(item, part + 1)
    else this.#later(LATE_MS, () => this.#fail(item))
  }

  /** @param {string} item */
  #fail(item) {
    clearTimeout(this.timer)
    this.#change(item, { state: "unsent", sent: 0 })
    this.send()
  }

  /** How long until the server takes one more part, in milliseconds. */
  #wait() {
    const at = this.now()
    this.credit = Math.min(AT_ONCE, this.credit + (at - this.creditAt) / EVERY_MS)
    this.creditAt = at
    return this.credit >= 1 ? 0 : Math.ceil((1 - this.credit) * EVERY_MS)
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
    this.all = all
    this.delegate.picturesChanged()
  }
}
