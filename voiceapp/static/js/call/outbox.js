// What a person typed, from the box until it stands in the conversation: it waits for the call, is on its way, or could
// not be sent; and until then it is on the screen.

/** As docs/wire.md has it, in bytes of UTF-8. */
export const MAX_BYTES = 8000
/** A text on its way is in the conversation long before. */
const LATE_MS = 10_000

/** Of what a page sends: it may have been a text. */
const REFUSED = ["too_fast", "bad_event", "not_started"]

/** @typedef {"waiting" | "sent" | "unsent"} TypedState */
/**
 * @typedef {{n: number, text: string, state: TypedState, handed: boolean, taken: boolean}} Typed `handed` to the call,
 *   which sends it; `taken` by the server
 */

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
   * @param {{live: boolean, sendText: (text: string, sent: (taken: boolean) => void) => boolean}} uplink
   * @param {{outboxChanged: () => void, textsSending: () => void}} delegate what is being said stops at once; the
   *   server does its part
   */
  constructor(uplink, delegate) {
    this.uplink = uplink
    this.delegate = delegate
  }

  /** @param {string} text */
  add(text) {
    this.#set([...this.all, { n: this.count++, text, state: "waiting", handed: false, taken: false }])
    this.send()
  }

  /** All that waits, where there is a call to send it to; that may have to wait for its line. */
  send() {
    const waiting = this.all.filter(({ state, handed }) => state === "waiting" && !handed)
    if (!this.uplink.live || waiting.length === 0) return
    this.delegate.textsSending()
    for (const { n, text } of waiting) {
      this.#change(typed => typed.n === n, { handed: true })
      this.uplink.sendText(text, taken => this.#sent(n, taken))
    }
  }

  /** Maybe once more. @param {number} n @param {boolean} taken */
  #sent(n, taken) {
    this.#change(typed => typed.n === n && typed.state === "waiting", { state: "sent" })
    this.#change(typed => typed.n === n, { taken })
    this.#expect(n)
  }

  /** The line is away: what was on its way may have to be sent again, and nobody has to do it. */
  away() {
    this.#forgetDeadlines()
    this.#change(({ state, taken }) => state === "sent" && !taken, { state: "waiting" })
  }

  /** The page goes: what the server has taken, the next page is told of. */
  left() {
    this.#set(this.all.filter(({ taken }) => !taken))
  }

  /** It is back, and the call is the same. */
  back() {
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
    if (REFUSED.includes(code)) this.#change(({ state }) => state === "sent", { state: "unsent" })
  }

  /** Another call takes up where the line was lost: what has not arrived by now is for that one. */
  lost() {
    this.arrivedItems.clear()
    this.#forgetDeadlines()
    this.#change(({ state }) => state !== "unsent", { state: "waiting", handed: false, taken: false })
  }

  /** Once more. @param {number} n */
  again(n) {
    this.#change(typed => typed.n === n, { state: "waiting", handed: false, taken: false })
    this.send()
  }

  /** @param {number} n */
  remove(n) {
    this.#forgetDeadline(n)
    this.#set(this.all.filter(typed => typed.n !== n))
  }

  /** The call is over: all that did not arrive. */
  takeBack() {
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
