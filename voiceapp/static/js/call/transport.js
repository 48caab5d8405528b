// The Socket.IO connection: begins a call or comes back to it, and tells a delegate what came. The line is held for a
// call and no longer; when it is lost, it is made again.

import { Refusals } from "./admission.js"
import { Backoff } from "./backoff.js"
import { Downlink } from "./downlink.js"
import { Elapsed } from "./elapsed.js"
import { Resumption } from "./resumption.js"
import { Uplink } from "./uplink.js"

const STOP_MS = 2000
const SETTLE_MS = 500
/** What a call has cost is known within a second of its end (docs/wire.md). */
const LINGER_MS = 1500
/**
 * The server asks every 10 s whether the page is there, and gives up after another 10: so long a silence is the page's
 * own.
 */
const ASLEEP_MS = 25_000
/** Whoever was away for so long is asked before a call goes on. */
const GIVE_UP_MS = 180_000

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
 * @property {Wire.Said[]} talk what was said so far
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
/** @typedef {SessionFields & {language?: string, turn?: object, greet?: boolean, talk?: Wire.Said[]}} StartRequest */

export class Transport {
  backoff = new Backoff()
  requested = false
  watching = false
  /** There is a call, or is to be one: the line is held, and made again when it is lost. */
  wanted = false
  /** The first word after a long silence: it may be of before that. */
  doubted = false
  /** A `stop` was sent and its `ended` has not come: what still arrives belongs to the call that is over. */
  ending = false
  /** @type {(() => void) | null} */
  afterEnd = null
  /** @type {ReturnType<typeof setTimeout> | undefined} when the line is tried again */
  returning
  /** @type {ReturnType<typeof setTimeout> | undefined} the call is over; when to let the line go */
  leaving
  /** @type {ReturnType<typeof setTimeout> | undefined} when `ended` is waited for no more */
  overdue
  /** @type {any} the Socket.IO socket */
  socket = null

  /**
   * @param {() => any} connect makes a socket that is not yet connected
   * @param {() => Promise<import("./admission.js").Admission>} ask why a connection may have been refused
   * @param {TransportDelegate} delegate
   * @param {() => number} now milliseconds
   */
  constructor(connect, ask, delegate, now) {
    this.now = now
    this.connect = connect
    this.ask = ask
    this.refusals = new Refusals(ask)
    this.delegate = delegate
    this.uplink = new Uplink(this, now)
    this.downlink = new Downlink(this, delegate)
    this.resumption = new Resumption(this, now)
    /** Since the server was last heard, or the line first wanted. */
    this.heard = new Elapsed(now)
  }

  get connected() {
    return this.socket?.connected === true
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
    if (!this.wanted) this.heard.restart()
    this.wanted = true
    clearTimeout(this.leaving)
    if (this.connected) return
    this.socket ??= this.#listen(this.connect())
    this.socket.connect()
  }

  /** @param {StartRequest} [request] */
  start(request = {}) {
    this.afterEnd = null
    if (this.ending) return void (this.afterEnd = () => this.start(request))
    this.#forget()
    this.downlink.begin()
    this.requested = this.wanted = true
    clearTimeout(this.leaving)
    this.delegate.callRequested()
    if (this.watching) this.watch(true)
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

  /** Back to the call, in place of a new one. @param {Wire.Said[] | null} [talk] */
  resume(talk = null) {
    this.requested = true
    this.socket.emit("resume", this.resumption.request(this.downlink.receipts.last, talk))
  }

  /** The page goes; the call stays, for the next one. */
  leave() {
    this.wanted = false
    this.#forget()
    this.#hangUp()
  }

  stop() {
    this.afterEnd = null
    this.wanted = false
    this.#forget()
    if (this.connected && this.requested) this.#askForEnd()
    else if (!this.ending) this.#hangUp()
  }

  #hangUp() {
    clearTimeout(this.returning)
    this.refusals.count = 0
    this.socket?.disconnect()
  }

  /** There is no call. */
  #forget() {
    this.uplink.end()
    this.downlink.end()
    this.resumption.forget()
  }

  /** The call is over. */
  #leave() {
    this.requested = this.wanted = false
    this.#forget()
    clearTimeout(this.leaving)
    this.leaving = setTimeout(() => this.#hangUp(), LINGER_MS)
  }

  /** There will be no call. @param {import("../wire.js").Trouble} trouble */
  #giveUp(trouble) {
    this.wanted = false
    this.#forget()
    this.#hangUp()
    this.delegate.callRefused(trouble)
  }

  #askForEnd() {
    this.requested = false
    this.ending = true
    this.socket.emit("stop", {})
    this.overdue = setTimeout(() => this.#endAwaited(() => this.#hangUp()), STOP_MS)
  }

  /** In the middle of a call. @param {StartRequest} request */
  configure(request) {
    this.uplink.configure(request, answer => { if (!answer.ok) this.delegate.noticeArrived(answer.error) })
  }

  /** Also before the call is live, so that nothing of its beginning is missed. @param {boolean} on */
  watch(on) {
    this.watching = on
    if (this.requested && this.connected) this.socket.emit("watch", { on })
  }

  /** @param {any} socket */
  #listen(socket) {
    socket.on("connect", () => this.#connected())
    socket.on("disconnect", (/** @type {string} */ reason) => this.#disconnected(reason))
    socket.on("connect_error", () => this.#refused(socket))
    socket.io.on("ping", () => this.#asked())
    this.#listenToCall(socket)
    this.downlink.listen(socket)
    return socket
  }

  /** @param {any} socket */
  #listenToCall(socket) {
    this.#on(socket, "ready", ready => this.#readied(ready))
    this.#on(socket, "resumed", resumed => this.#resumed(resumed))
    this.#on(socket, "not_resumed", refusal => this.#notResumed(refusal))
    this.#on(socket, "renewed", renewed => this.delegate.callRenewed(renewed))
    this.#on(socket, "ack", n => this.uplink.acknowledged(n))
    this.#on(socket, "latency", answered => this.delegate.incoming.latencyArrived(answered))
    this.#on(socket, "limits", limits => this.delegate.limitsArrived(limits))
    this.#on(socket, "log", line => this.delegate.logArrived(line))
    this.#on(socket, "notice", trouble => this.delegate.noticeArrived(trouble))
    this.#on(socket, "going_away", ({ reconnect_in_ms: ms }) => this.#wentAway(socket, ms))
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

  /**
   * Whether it is there. Where the computer slept, or the page was frozen, the line is lost next; where not, somebody
   * has set the clock.
   */
  #asked() {
    this.doubted = !this.doubted && this.heard.ms >= ASLEEP_MS
    if (!this.doubted) this.heard.restart()
  }

  #connected() {
    this.doubted = false
    this.ending = false
    clearTimeout(this.returning)
    this.refusals.connected()
    if (!this.wanted) return this.#hangUp()
    const { ms: away } = this.heard
    // The computer slept, most likely: nobody expects to be heard now.
    if (away > GIVE_UP_MS) return this.#giveUp({ code: "connection_given_up" })
    this.heard.restart()
    this.delegate.transportConnected(away)
  }

  /** @param {any} socket */
  async #refused(socket) {
    if (this.wanted && socket.active) this.#returnIn(this.backoff.next())
    const { trouble } = await this.refusals.judge()
    if (!this.wanted || this.connected) return
    // A server that is being restarted is soon back.
    const why = trouble && trouble.code !== "server_stopping" ? trouble : this.#whyGivenUp(socket)
    why ? this.#giveUp(why) : this.delegate.transportRefused(this.heard.ms)
  }

  /** @param {any} socket */
  #whyGivenUp(socket) {
    if (!socket.active) return { code: "connection_refused" }
    return this.heard.ms > GIVE_UP_MS ? { code: "connection_given_up" } : null
  }

  /** The server is being restarted: whoever answers then takes the call. @param {any} socket @param {number} ms */
  #wentAway(socket, ms) {
    const { wanted } = this
    socket.disconnect()
    if (wanted) this.#returnIn(ms)
  }

  /** @param {string} reason */
  #disconnected(reason) {
    clearTimeout(this.overdue)
    this.requested = this.ending = false
    this.resumption.lineLost()
    this.kept ? this.uplink.lost() : this.uplink.end()
    // Where the page was frozen, the library has kept what was said since, to say it on the next line before `start`.
    this.socket.sendBuffer = []
    this.afterEnd = null
    // It would come back by itself.
    if (!this.wanted) return reason === "io client disconnect" ? undefined : this.#hangUp()
    const { ms: silent } = this.heard
    if (silent < ASLEEP_MS) this.heard.restart()
    this.#returnIn(reason === "io server disconnect" ? SETTLE_MS : this.backoff.next())
    this.delegate.transportLost(silent < ASLEEP_MS ? 0 : silent, this.kept)
  }

  /** The browser says that there is a network again. */
  networkBack() {
    if (this.wanted && this.socket && !this.connected) this.#returnIn(0)
  }

  /** @param {number} ms */
  #returnIn(ms) {
    clearTimeout(this.returning)
    this.returning = setTimeout(() => this.socket.connect(), ms)
  }

  /** @param {{ok: boolean, error?: import("../wire.js").Trouble}} answer @param {number} at when it was asked for */
  #answered(answer, at) {
    if (this.ending) return
    this.delegate.tripMeasured(this.now() - at)
    if (answer.ok) return
    this.#leave()
    this.delegate.callRefused(answer.error ?? { code: "internal" })
  }

  /** @param {import("../wire.js").Ready} ready */
  #readied(ready) {
    this.backoff.reset()
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
    this.backoff.reset()
    this.resumption.agreed(resumed)
    this.downlink.receipts.wanted = this.kept
    if (resumed.again) this.downlink.beginAgain(resumed)
    this.uplink.resumed(resumed.taken)
    this.delegate.callResumed(resumed)
    if (this.watching) this.watch(true)
  }

  /** @param {string} reason */
  #ended(reason) {
    if (this.ending) return this.#endAwaited(() => this.#leave())
    this.#leave()
    this.delegate.callEnded(reason)
  }

  /** @param {() => void} part */
  #endAwaited(part) {
    clearTimeout(this.overdue)
    this.ending = false
    if (this.afterEnd) this.afterEnd()
    else if (!this.wanted) part()
  }

  // Resumption delegate

  /** @param {boolean} talk */
  resumptionDue(talk) {
    if (this.connected && this.wanted) this.resume(talk ? this.delegate.talk : null)
  }

  /** @param {string} code */
  resumptionRefused(code) {
    this.#forget()
    this.requested = false
    this.delegate.callGone(code)
  }

  resumptionUnanswered() {
    this.#renewLine()
  }

  // Uplink delegate

  uplinkStalled() {
    this.#renewLine()
  }

  soundLeftOut = (/** @type {number} */ ms) => this.delegate.soundLeftOut(ms)

  /** @param {number} n @param {number | null} tripMs */
  uplinkAcknowledged(n, tripMs) {
    if (tripMs !== null) this.delegate.tripMeasured(tripMs)
    this.delegate.sentAcknowledged(n)
  }

  /** It is dead, though nobody has said so. */
  #renewLine() {
    this.socket.io.engine?.close()
  }
}
