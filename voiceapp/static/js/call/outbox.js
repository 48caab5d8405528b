// What a person typed, from the box until it stands in the conversation: it waits for the call, is on its way, or could
// not be sent; and until then it is on the screen. The pictures that they show beside it.

import { Pictures } from "./pictures.js"

/** As docs/wire.md has it, in bytes of UTF-8. */
export const MAX_BYTES = 8000
/** A text on its way is in the conversation long before. */
const LATE_MS = 10_000

/** Of what a page sends: it may have been a text. */
const REFUSED = ["too_fast", "bad_event", "not_started"]

/** @typedef {"waiting" | "sent" | "unsent"} TypedState */
/**
 * @typedef {{n: number, text: string, state: TypedState, handed: boolean, taken: boolean, number: number | null}} Typed
 *   `handed` to the call, which sends it; `taken` by the server; `number`: under which it was sent in a call that
 *   another page can come back to
 */
/** @typedef {{number: number, text: string}} Sent and not known to be taken */

const NEW = { state: /** @type {const} */ ("waiting"), handed: false, taken: false, number: null }

/** How much of a text is too much, in characters of JavaScript. @param {string} text */
export function excess(text) {
  return text.length - new TextEncoder().encodeInto(text, new Uint8Array(MAX_BYTES)).read
}

export class Outbox {
  /** @type {Typed[]} in the order in which they were typed */
  all = []
  count = 0
  /** @type {Set<string>} items of this call that were typed */
  arrivedItems = new Set()
  /** @type {Map<number, ReturnType<typeof setTimeout>>} of what is on its way */
  deadlines = new Map()

  /**
   * @param {Pick<import("./uplink.js").Uplink, "live" | "lasting" | "sendText" | "sendPicture">} uplink
   * @param {{outboxChanged: () => void, picturesChanged: () => void, textsSending: () => void}} delegate what is being
   *   said stops at once; the server does its part
   * @param {() => number} now milliseconds
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} [drafts] of this tab alone
   */
  constructor(uplink, delegate, now, drafts = null) {
    this.uplink = uplink
    this.delegate = delegate
    this.pictures = new Pictures(uplink, delegate, now, drafts)
  }

  /** @param {string} text */
  add(text) {
    this.#set([...this.all, { n: this.count++, text, ...NEW }])
    this.send()
  }

  /** All that waits, where there is a call to send it to; that may have to wait for its line. */
  send() {
    this.pictures.send()
    const waiting = this.all.filter(({ state, handed }) => state === "waiting" && !handed)
    if (!this.uplink.live || waiting.length === 0) return
    this.delegate.textsSending()
    for (const { n, text } of waiting) {
      this.#change(typed => typed.n === n, { handed: true })
      this.uplink.sendText(text, (taken, number) => this.#sent(n, taken, number))
    }
  }

  /** Maybe once more. @param {number} n @param {boolean} taken @param {number} number */
  #sent(n, taken, number) {
    this.#change(typed => typed.n === n && typed.state === "waiting", { state: "sent" })
    // Not of what was refused.
    this.#change(
      typed => typed.n === n && (typed.state !== "unsent" || typed.number !== null),
      { taken, number: this.uplink.lasting ? number : null }
    )
    this.#expect(n)
  }

  /** Of which only the server can say whether it has them. @returns {Sent[]} */
  get sent() {
    return this.all.flatMap(({ text, number, taken }) => number === null || taken ? [] : [{ number, text }])
  }

  /** By a page before this one, in the call that this one is to be in. @param {Sent[]} sent */
  restore(sent) {
    const all = sent.map(({ number, text }) => ({ n: this.count++, text, ...NEW, handed: true, number }))
    if (all.length) this.#set([...all, ...this.all])
  }

  /** The page is in that call: what the server has is told anew, and the rest is sent. @param {number} taken */
  comeBack(taken) {
    const missing = this.all.filter(({ number }) => number === null || number > taken)
    this.#set(missing.map(typed => ({ ...typed, ...NEW })))
    this.send()
  }

  /** The line is away: what was on its way may have to be sent again, and nobody has to do it. */
  away() {
    this.#forgetDeadlines()
    this.#change(({ state, taken }) => state === "sent" && !taken, { state: "waiting" })
  }

  /** The page goes, and what was sent is the next one's. */
  left() {
    this.#set(this.all.filter(({ number }) => number === null))
  }

  /** It is back, and the call is the same. @param {boolean} moved whoever goes on with it has no part of a picture */
  back(moved) {
    if (moved) this.pictures.lost()
    this.pictures.send()
    for (const { n, state } of this.all) if (state === "sent") this.#expect(n)
  }

  /** In the conversation. @param {number} n */
  #expect(n) {
    const known = this.all.some(typed => typed.n === n)
    if (known && !this.deadlines.has(n)) this.deadlines.set(n, setTimeout(() => this.#late(n), LATE_MS))
  }

  /** It stands in the conversation. @param {string} item @param {string} text */
  arrived(item, text) {
    if (this.arrivedItems.has(item)) return
    this.arrivedItems.add(item)
    const typed = this.all.find(each => each.handed && each.text === text)
    if (typed) this.remove(typed.n)
  }

  /**
   * Something was refused, and nobody says what: a text that arrives all the same is not here any more.
   * @param {string} code
   */
  noticed(code) {
    this.pictures.noticed(code)
    if (REFUSED.includes(code))
      this.#change(({ state }) => state === "sent", { state: "unsent", taken: false, number: null })
  }

  /** Another call takes up where the line was lost: what has not arrived by now is for that one. */
  lost() {
    this.pictures.lost()
    this.arrivedItems.clear()
    this.#forgetDeadlines()
    this.#change(({ state }) => state !== "unsent", NEW)
    this.#change(({ number }) => number !== null, { taken: false, number: null })
  }

  /** Once more. @param {number} n */
  again(n) {
    this.#change(typed => typed.n === n, NEW)
    this.send()
  }

  /** @param {number} n */
  remove(n) {
    this.#forgetDeadline(n)
    this.#set(this.all.filter(typed => typed.n !== n))
  }

  /** The call is over: all that did not arrive. */
  takeBack() {
    this.pictures.lost()
    const texts = this.all.map(({ text }) => text)
    this.arrivedItems.clear()
    this.#forgetDeadlines()
    this.#set([])
    return texts
  }

  /** @param {number} n */
  #late(n) {
    this.deadlines.delete(n)
    this.#change(typed => typed.n === n && typed.state === "sent", { state: "unsent" })
  }

  /** @param {number} n */
  #forgetDeadline(n) {
    clearTimeout(this.deadlines.get(n))
    this.deadlines.delete(n)
  }

  #forgetDeadlines() {
    for (const n of [...this.deadlines.keys()]) this.#forgetDeadline(n)
  }

  /** @param {(typed: Typed) => boolean} which @param {Partial<Typed>} change */
  #change(which, change) {
    if (this.all.some(which)) this.#set(this.all.map(typed => which(typed) ? { ...typed, ...change } : typed))
  }

  /** @param {Typed[]} all */
  #set(all) {
    this.all = all
    this.delegate.outboxChanged()
  }
}
