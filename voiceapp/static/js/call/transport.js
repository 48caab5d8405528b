// What is said over the line: begins a call or comes back to it, and tells a delegate what came.

import { Downlink } from "./downlink.js"
import { Line } from "./line.js"
import { Resumption } from "./resumption.js"
import { Uplink } from "./uplink.js"

const STOP_MS = 2000

/**
 * @typedef {object} TransportDelegate
 * @property {import("./incoming.js").Incoming} incoming is told of the conversation
 * @property {(awayMs: number) => void} transportConnected after so long
 * @property {(awayMs: number, kept: boolean) => void} transportLost it is made again; so long there was none, where the
 *   page slept; whether the call is kept meanwhile
 * @property {(awayMs: number) => void} transportRefused it could not be made, for so long by now, and is tried again
 * @property {() => void} callRequested nothing of an earlier call comes any more
 * @property {(error: import("../wire.js").Trouble) => void} callRefused
 * @property {(ready: import("../wire.js").Ready) => void} callReadied
 * @property {(resumed: import("../wire.js").Resumed) => void} callResumed what it missed comes next
 * @property {(code: string) => void} callGone there is no coming back to it
 * @property {import("./resumption.js").Told} talk what was said so far
 * @property {(renewed: import("../wire.js").Renewed) => void} callRenewed
 * @property {(limits: import("../wire.js").Limits) => void} limitsArrived
 * @property {(line: import("../wire.js").LogLine) => void} logArrived
 * @property {(trouble: import("../wire.js").Trouble) => void} noticeArrived
 * @property {(reason: string) => void} callEnded
 * @property {(n: number) => void} sentAcknowledged
 * @property {(ms: number) => void} soundLeftOut so much of what was said while the line was away
 * @property {(ms: number) => void} tripMeasured to the server and back
 */

/**
 * @typedef {{persona?: string, profile?: string, model?: string, voice?: string, instructions?: string}} SessionFields
 *   what one is made of
 */
/**
 * @typedef {SessionFields & {barge_in?: "at_once" | "confirmed", language?: string, turn?: object, greet?: boolean,
 *   talk?: Wire.Said[]}} StartRequest
 */

export class Transport {
  requested = false
  watching = false
  /** Number of the latest event between server and model that came; infinite while what comes is of the call before. */
  logged = 0
  /** A `stop` was sent and its `ended` has not come: what still arrives belongs to the call that is over. */
  ending = false
  /** @type {(() => void) | null} */
  afterEnd = null
  /** @type {ReturnType<typeof setTimeout> | undefined} when `ended` is waited for no more */
  overdue

  /**
   * @param {() => any} connect makes a socket that is not yet connected
   * @param {() => Promise<import("./admission.js").Admission>} ask why a connection may have been refused
   * @param {TransportDelegate} delegate
   * @param {() => number} now milliseconds
   */
  constructor(connect, ask, delegate, now) {
    this.now = now
    this.ask = ask
    this.delegate = delegate
    this.line = new Line(connect, ask, this, now)
    this.uplink = new Uplink(this, now)
    this.downlink = new Downlink(this, delegate)
    this.resumption = new Resumption(this, now)
  }

  get connected() {
    return this.line.connected
  }

  get socket() {
    return this.line.socket
  }

  get live() {
    return this.uplink.live
  }

  /** The call is there, whether or not the line is. */
  get kept() {
    return this.resumption.token !== null
  }

  /** What went wrong on the line, since the page was opened. */
  get counts() {
    const { uplink: { log: { lateMs, leftOutMs } }, downlink: { receipts: { doubles: duplicates, holes } } } = this
    return { lateMs, leftOutMs, duplicates, holes }
  }

  /** A call is to be: the line may be made while the person is asked for the microphone. */
  open() {
    this.line.open()
  }

  /** @param {StartRequest} [request] */
  start(request = {}) {
    this.afterEnd = null
    if (this.ending) return void (this.afterEnd = () => this.start(request))
    this.#forget()
    this.downlink.begin()
    this.requested = true
    this.line.hold()
    this.delegate.callRequested()
    this.logged = Infinity
    const at = this.now()
    const { page } = this.resumption
    this.socket.emit("start", { ...request, page }, (/** @type {any} */ answer) => this.#answered(answer, at))
  }

  /**
   * Of the call that a page was in before it was loaded again.
   * @param {{token: string, grace_s: number, page?: string | null}} terms
   */
  adopt(terms) {
    this.resumption.agreed(terms)
    this.resumption.page = terms.page ?? this.resumption.page
    this.downlink.receipts.forget()
  }

  /** Back to the call, in place of a new one. @param {import("./resumption.js").Told | null} [told] */
  resume(told = null) {
    this.requested = true
    this.socket.emit("resume", this.resumption.request(this.downlink.receipts.last, told))
  }

  /** The page goes; the call stays, for the next one. */
  leave() {
    this.uplink.sendReports()
    this.#forget()
    this.line.hangUp()
  }

  stop() {
    this.afterEnd = null
    this.line.wanted = false
    this.uplink.sendReports()
    this.#forget()
    if (this.connected && this.requested) this.#askForEnd()
    else if (!this.ending) this.line.hangUp()
  }

  /** There is no call. */
  #forget() {
    this.uplink.end()
    this.downlink.end()
    this.resumption.forget()
  }

  /** The call is over. */
  #leave() {
    this.requested = false
    this.#forget()
    this.line.linger()
  }

  #askForEnd() {
    this.requested = false
    this.ending = true
    this.socket.emit("stop", {})
    this.overdue = setTimeout(() => this.#endAwaited(() => this.line.hangUp()), STOP_MS)
  }

  /** In the middle of a call. @param {StartRequest} request */
  configure(request) {
    this.uplink.configure(request, answer => { if (!answer.ok) this.delegate.noticeArrived(answer.error) })
  }

  /** Whether the assistant may still speak first; says whether the server was told. @param {boolean} on */
  mayGreet(on) {
    const told = this.requested && this.connected
    if (told) this.socket.emit("greet", { on })
    return told
  }

  /** Whether what passes is wanted, with all from the beginning that did not come yet. @param {boolean} on */
  watch(on) {
    this.watching = on
    if (this.requested) this.#watch(on)
  }

  /** @param {boolean} on */
  #watch(on) {
    const { connected, logged } = this
    if (connected && logged < Infinity) this.socket.emit("watch", { on, after: logged })
  }

  /** @param {Wire.Log} line */
  #log(line) {
    if (line.n <= this.logged) return
    this.logged = line.n
    this.delegate.logArrived(line)
  }

  /** @param {any} socket */
  #listen(socket) {
    this.#on(socket, "ready", ready => this.#readied(ready))
    this.#on(socket, "resumed", resumed => this.#resumed(resumed))
    this.#on(socket, "not_resumed", refusal => this.#notResumed(refusal))
    this.#on(socket, "renewed", renewed => this.delegate.callRenewed(renewed))
    this.#on(socket, "ack", n => this.uplink.acknowledged(n))
    this.#on(socket, "latency", answered => this.delegate.incoming.latencyArrived(answered))
    this.#on(socket, "pause", pause => this.delegate.incoming.pauseTold(pause))
    this.#on(socket, "limits", limits => this.delegate.limitsArrived(limits))
    this.#on(socket, "notice", trouble => this.delegate.noticeArrived(trouble))
    this.#on(socket, "going_away", ({ reconnect_in_ms: ms }) => this.line.comeBackIn(ms))
    socket.on("log", (/** @type {Wire.Log} */ line) => this.#log(line))
    socket.on("ended", (/** @type {Wire.Ended} */ { reason }) => this.#ended(reason))
  }

  /**
   * @template {keyof Wire.Told} Event
   * @param {any} socket
   * @param {Event} event
   * @param {(...data: Wire.Told[Event]) => void} handler
   */
  #on(socket, event, handler) {
    socket.on(event, (/** @type {Wire.Told[Event]} */ ...data) => { if (!this.ending) handler(...data) })
  }

  /** @param {{ok: boolean, error?: import("../wire.js").Trouble}} answer @param {number} at when it was asked for */
  #answered(answer, at) {
    this.logged = 0
    if (this.watching) this.watch(true)
    if (this.ending) return
    this.delegate.tripMeasured(this.now() - at)
    if (answer.ok) return
    this.#leave()
    this.delegate.callRefused(answer.error ?? { code: "internal" })
  }

  /** @param {import("../wire.js").Ready} ready */
  #readied(ready) {
    this.line.backoff.reset()
    this.resumption.agreed(ready)
    this.downlink.receipts.wanted = this.kept
    this.uplink.begin(this.kept)
    this.delegate.callReadied(ready)
  }

  /** @param {Wire.NotResumed} refusal */
  #notResumed(refusal) {
    if (!this.requested) return
    if (refusal.retry) this.delegate.noticeArrived(refusal)
    this.resumption.refused(refusal)
  }

  /** @param {import("../wire.js").Resumed} resumed */
  #resumed(resumed) {
    if (!this.requested) return
    this.line.backoff.reset()
    this.resumption.agreed(resumed)
    this.downlink.receipts.wanted = this.kept
    if (resumed.again) this.downlink.beginAgain(resumed)
    if (resumed.why === "moved") {
      // Of a picture whoever goes on with the call has no part.
      this.uplink.log.forget("picture")
      this.logged = 0
    }
    this.uplink.resumed(resumed.taken)
    this.delegate.callResumed(resumed)
    if (this.watching) this.watch(true)
  }

  /** @param {string} reason */
  #ended(reason) {
    if (this.ending) return this.#endAwaited(() => this.#over())
    this.#over()
    this.delegate.callEnded(reason)
  }

  /** Whoever looks into it later finds all of it. */
  #over() {
    this.#leave()
    this.#watch(true)
  }

  /** @param {() => void} part */
  #endAwaited(part) {
    clearTimeout(this.overdue)
    this.ending = false
    if (this.afterEnd) this.afterEnd()
    else if (!this.line.wanted) part()
  }

  // Line delegate

  /** @param {any} socket */
  lineNew(socket) {
    this.#listen(socket)
    this.downlink.listen(socket)
  }

  /** @param {number} awayMs */
  lineMade(awayMs) {
    this.ending = false
    this.delegate.transportConnected(awayMs)
  }

  lineDown() {
    clearTimeout(this.overdue)
    this.requested = this.ending = false
    this.afterEnd = null
    this.resumption.lineLost()
    this.kept ? this.uplink.lost() : this.uplink.end()
  }

  lineLost = (/** @type {number} */ awayMs) => this.delegate.transportLost(awayMs, this.kept)
  lineRefused = (/** @type {number} */ awayMs) => this.delegate.transportRefused(awayMs)

  /** There will be no call. @param {import("../wire.js").Trouble} trouble */
  lineGivenUp(trouble) {
    this.#forget()
    this.line.hangUp()
    this.delegate.callRefused(trouble)
  }

  // Resumption delegate

  /** @param {boolean} talk */
  resumptionDue(talk) {
    if (this.connected && this.line.wanted) this.resume(talk ? this.delegate.talk : null)
  }

  /** @param {string} code */
  resumptionRefused(code) {
    this.#forget()
    this.requested = false
    this.delegate.callGone(code)
  }

  resumptionUnanswered() {
    this.line.renew()
  }

  // Uplink delegate

  uplinkStalled() {
    this.line.renew()
  }

  soundLeftOut = (/** @type {number} */ ms) => this.delegate.soundLeftOut(ms)

  /** @param {number} n @param {number | null} tripMs */
  uplinkAcknowledged(n, tripMs) {
    if (tripMs !== null) this.delegate.tripMeasured(tripMs)
    this.delegate.sentAcknowledged(n)
  }
}
