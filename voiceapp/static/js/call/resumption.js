// Coming back to a call whose line was lost: with what the page asks for it, and what it makes of a refusal
// (docs/wire.md, `resume`).

/** A page waits no longer for a server that is taking its call over from another. */
const ELSEWHERE_MS = 12_000
const AGAIN_MS = 1000
/** Opening a session anew takes its time; a server that says nothing for so long is asked over another line. */
const ANSWER_MS = 30_000
/** As long as the microphone stays open where a call cannot be come back to. */
const GRACE_MS = 30_000

/** @typedef {{talk: Wire.Said[], before: number}} Told what was said, so much of it before the call */

/**
 * @typedef {object} ResumptionDelegate
 * @property {(talk: boolean) => void} resumptionDue it is time to ask, with or without what was said
 * @property {(code: string) => void} resumptionRefused there is no coming back
 * @property {() => void} resumptionUnanswered
 */

export class Resumption {
  /** With it the page comes back to its call; null: it cannot. @type {string | null} */
  token = null
  graceMs = GRACE_MS
  /** Of this page, until it is loaded again. */
  page = randomId()
  /** Another process has had the call since then. @type {number | null} */
  elsewhereAt = null
  /** It was asked for the call, and does not know whether it has it. */
  pending = false
  /** What was said has been told over this line. */
  talkTold = false
  /** @type {ReturnType<typeof setTimeout> | undefined} when to ask again, or when an answer is waited for no more */
  timer

  /** @param {ResumptionDelegate} delegate @param {() => number} now milliseconds */
  constructor(delegate, now) {
    this.delegate = delegate
    this.now = now
  }

  /** The call can be come back to, or not. @param {{token: string | null, grace_s: number}} terms */
  agreed({ token, grace_s: graceS }) {
    this.forget()
    this.token = token ?? null
    this.graceMs = this.token ? 1000 * graceS : GRACE_MS
  }

  /** There is no call to come back to. */
  forget() {
    this.lineLost()
    this.token = this.elsewhereAt = null
    this.pending = false
    this.graceMs = GRACE_MS
  }

  /** As whom the page has to come that is loaded in its place now; null: as another. */
  get heir() {
    return this.pending ? this.page : null
  }

  lineLost() {
    clearTimeout(this.timer)
    this.talkTold = false
  }

  /**
   * @param {number | null} got number of the last event that came
   * @param {Told | null} told
   */
  request(got, told) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.delegate.resumptionUnanswered(), ANSWER_MS)
    this.talkTold ||= told !== null
    this.pending = true
    return { token: this.token, got, page: this.page, ...told ?? {} }
  }

  /** @param {{code: string, after_s: number | null}} refusal */
  refused({ code, after_s: afterS }) {
    clearTimeout(this.timer)
    if (code === "talk_wanted" && !this.talkTold) return this.delegate.resumptionDue(true)
    if (code === "call_elsewhere" && this.#mayWait()) return this.#askAgain(afterS === null ? AGAIN_MS : 1000 * afterS)
    this.forget()
    this.delegate.resumptionRefused(code)
  }

  #mayWait() {
    this.elsewhereAt ??= this.now()
    return this.now() - this.elsewhereAt < ELSEWHERE_MS
  }

  /** @param {number} ms */
  #askAgain(ms) {
    this.timer = setTimeout(() => this.delegate.resumptionDue(this.talkTold), ms)
  }
}

/** What makes one that is easier, no page has that was not served over TLS. */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("")
}
