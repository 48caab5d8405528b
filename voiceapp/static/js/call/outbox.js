// What a person typed, from the box until it stands in the conversation: it waits for the call, is on its way, or could
// not be sent; and until then it is on the screen.

/** As docs/wire.md has it, in bytes of UTF-8. */
export const MAX_BYTES = 8000
/** A text on its way is in the conversation long before. */
const LATE_MS = 10_000

/** Of what a page sends: it may have been a text. */
const REFUSED = ["too_fast", "bad_event", "not_started"]

/** @typedef {"waiting" | "sent" | "unsent"} TypedState */
/** @typedef {{n: number, text: string, state: TypedState}} Typed */

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

  /**
   * @param {{live: boolean, sendText: (text: string) => boolean}} transport
   * @param {{outboxChanged: () => void, textsSending: () => void}} delegate what is being said stops at once; the
   *   server does its part
   */
  constructor(transport, delegate) {
    this.transport = transport
    this.delegate = delegate
  }

  /** @param {string} text */
  add(text) {
    this.#set([...this.all, { n: this.count++, text, state: "waiting" }])
    this.send()
  }

  /** All that waits, where there is a call to send it to. */
  send() {
    const waiting = this.all.filter(({ state }) => state === "waiting")
    if (!this.transport.live || waiting.length === 0) return
    this.delegate.textsSending()
    for (const typed of waiting) {
      if (!this.transport.sendText(typed.text)) continue
      this.#mark(typed.n, "sent")
      setTimeout(() => this.#late(typed.n), LATE_MS)
    }
  }

  /** It stands in the conversation. @param {string} item @param {string} text */
  arrived(item, text) {
    if (this.arrivedItems.has(item)) return
    this.arrivedItems.add(item)
    const typed = this.all.find(each => each.state !== "waiting" && each.text === text)
    if (typed) this.remove(typed.n)
  }

  /**
   * Something was refused, and nobody says what: a text that arrives all the same is not here any more.
   * @param {string} code
   */
  noticed(code) {
    if (!REFUSED.includes(code)) return
    this.#set(this.all.map(typed => typed.state === "sent" ? { ...typed, state: "unsent" } : typed))
  }

  /** Another call takes up where the line was lost: what has not arrived by now is for that one. */
  lost() {
    this.arrivedItems.clear()
    this.#set(this.all.map(typed => typed.state === "sent" ? { ...typed, state: "waiting" } : typed))
  }

  /** Once more. @param {number} n */
  again(n) {
    this.#mark(n, "waiting")
    this.send()
  }

  /** @param {number} n */
  remove(n) {
    this.#set(this.all.filter(typed => typed.n !== n))
  }

  /** The call is over: all that did not arrive. */
  takeBack() {
    const texts = this.all.map(({ text }) => text)
    this.arrivedItems.clear()
    this.#set([])
    return texts
  }

  /** @param {number} n */
  #late(n) {
    if (this.all.find(typed => typed.n === n)?.state === "sent") this.#mark(n, "unsent")
  }

  /** @param {number} n @param {TypedState} state */
  #mark(n, state) {
    this.#set(this.all.map(typed => typed.n === n ? { ...typed, state } : typed))
  }

  /** @param {Typed[]} all */
  #set(all) {
    this.all = all
    this.delegate.outboxChanged()
  }
}
