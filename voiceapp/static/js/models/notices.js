// What the person should know, in plain words: the page's own for a code it knows, else the server's.

import { ENDS, FADING, UNKNOWN, helpOf } from "./notice-ends.js"

const MAX = 3
const DEFAULT_WAIT_S = 15

/** @typedef {import("./notice-ends.js").End} End */
/** @typedef {{title: string, next: string, progress: string}} Wording `progress` moves while it stands */
/**
 * @typedef {Wording & {code: string, fatal: boolean, ends: End[] | null, times: number, fades: boolean,
 *   faded: boolean, help: import("./notice-ends.js").Help | null}} Notice `ends`: as in notice-ends.js; `fades`: out of
 *   sight, after a while; `help`: what its button does
 */

export class Notices {
  /** @type {Notice[]} */
  all = []
  /** There is a call, or one is on its way. */
  calling = false

  /**
   * @param {import("../browser/i18n.js").Words} words
   * @param {{noticesChanged: () => void}} delegate
   */
  constructor(words, delegate) {
    this.words = words
    this.delegate = delegate
  }

  /**
   * What is about a call is not said where there is none; why it ended is.
   * @param {import("../wire.js").Trouble} trouble
   * @param {End[] | null} [ends] where it is not about what it usually is
   */
  add(trouble, ends = endsOf(trouble)) {
    const { code, fatal = false } = trouble
    if (!fatal && !this.calling && ofCall(ends)) return
    const others = this.all.filter(notice => notice.code !== code)
    const kind = { fatal, fades: FADING.has(code) && !fatal, faded: false, help: helpOf(code, fatal) }
    const notice = { code, ...this.word(trouble), ...kind, ends, times: this.#times(code) + 1 }
    const surplus = others.length < MAX ? null : leastOf(others)
    this.all = [...others.filter(each => each !== surplus), notice]
    this.delegate.noticesChanged()
  }

  /** @param {string} code */
  #times(code) {
    return this.all.find(notice => notice.code === code)?.times ?? 0
  }

  /** The one that is seen: the latest. */
  get shown() {
    return this.all.findLast(({ faded }) => !faded) ?? null
  }

  /** It was seen for long enough; until what ends it, it is still told to who does not see. @param {string} code */
  fade(code) {
    this.all = this.all.map(notice => notice.code === code ? { ...notice, faded: true } : notice)
    this.delegate.noticesChanged()
  }

  /** This is so now: what waited for it is no longer true, `but` for one. @param {End} end */
  over(end, but = "") {
    this.#keep(({ code, ends }) => code === but || !ends?.includes(end))
  }

  /** Put away by the person. @param {string} code */
  dismiss(code) {
    this.#keep(notice => notice.code !== code)
  }

  /** A new one: whatever was said is of before. */
  callBegan() {
    this.calling = true
    this.#keep(({ ends }) => ends === null)
  }

  /** It is over; why, stays. */
  callEnded() {
    this.calling = false
    this.#keep(({ fatal, ends }) => fatal || !ofCall(ends))
  }

  /** @param {(notice: Notice) => boolean} stays */
  #keep(stays) {
    const kept = this.all.filter(stays)
    if (kept.length === this.all.length) return
    this.all = kept
    this.delegate.noticesChanged()
  }

  /** @param {import("../wire.js").Trouble} trouble @returns {Wording} */
  word({ code, message = "", after_s: seconds, progress, host = "", origin = "", param }) {
    if (!this.words.has(`notice.${code}.title`))
      return { title: this.words.say("notice.other.title"), next: message, progress: "" }
    const values = { seconds: seconds ?? DEFAULT_WAIT_S, host, origin, ...param ? { param } : {} }
    const [title, next] = ["title", this.#kind(code, values)].map(
      kind => this.words.say(`notice.${code}.${kind}`, values)
    )
    return { title, next, progress: progress ? this.#howFar(code, progress) : "" }
  }

  /** What can be named is. @param {string} code @param {{host: string, origin: string, param?: string}} values */
  #kind(code, values) {
    if (differs(values)) return "compared"
    return values.param && this.words.has(`notice.${code}.param`) ? "param" : "next"
  }

  /**
   * @param {string} code
   * @param {{part?: string, done?: number, of?: number}} values
   */
  #howFar(code, { part, done = 0, of = 0 }) {
    return this.words.say(`notice.${code}.progress`, { part: this.words.say(`engine.part.${part}`), done, of })
  }
}

/** @param {import("../wire.js").Trouble} trouble */
function endsOf({ code }) {
  return code in ENDS ? ENDS[code] : UNKNOWN
}

/** What was seen goes first, and an error last. @param {Notice[]} notices the oldest first */
function leastOf(notices) {
  return notices.find(({ faded }) => faded) ?? notices.find(({ fades }) => fades) ?? notices[0]
}

/** @param {End[] | null} ends */
function ofCall(ends) {
  return ends?.includes("callOver") === true
}

/** The server was asked by another name than the browser. @param {{host: string, origin: string}} compared */
function differs({ host, origin }) {
  return host !== "" && origin.includes("://") && !origin.endsWith(`://${host}`)
}
