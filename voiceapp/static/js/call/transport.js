// The Socket.IO connection: says what docs/wire.md allows, and tells a delegate what came. Never holds sound back for
// later: stale speech is worse than none. The line is held for a call and no longer.

import { Refusals } from "./admission.js"
import { encode } from "../audio/base64.js"
import { Elapsed } from "./elapsed.js"
import { msOf } from "../audio/pcm.js"
import { SendWindow } from "./send-window.js"

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
 * @property {(awayMs: number) => void} transportLost it is made again; so long there was none, where the page slept
 * @property {(awayMs: number) => void} transportRefused it could not be made, for so long by now, and is tried again
 * @property {() => void} callRequested nothing of an earlier call comes any more
 * @property {(error: import("../wire.js").Trouble) => void} callRefused
 * @property {(ready: import("../wire.js").Ready) => void} callReadied
 * @property {(renewed: import("../wire.js").Renewed) => void} callRenewed
 * @property {(limits: import("../wire.js").Limits) => void} limitsArrived
 * @property {(line: import("../wire.js").LogLine) => void} logArrived
 * @property {(trouble: import("../wire.js").Trouble) => void} noticeArrived
 * @property {(reason: string) => void} callEnded
 * @property {(n: number) => void} soundAcknowledged
 * @property {(ms: number) => void} tripMeasured to the server and back
 */

/**
 * @typedef {{persona?: string, profile?: string, model?: string, voice?: string, instructions?: string}} SessionFields
 *   what one is made of
 */
/** @typedef {SessionFields & {language?: string, turn?: object, greet?: boolean}} StartRequest */

export class Transport {
  sendWindow = new SendWindow()
  live = false
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
  /** @type {ReturnType<typeof setTimeout> | undefined} the server went away; when to look for it again */
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
    /** Since the server was last heard, or the line first wanted. */
    this.heard = new Elapsed(now)
  }

  get connected() {
    return this.socket?.connected === true
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
    this.sendWindow.reset()
    this.requested = this.wanted = true
    clearTimeout(this.leaving)
    this.delegate.callRequested()
    if (this.watching) this.watch(true)
    const at = this.now()
    this.socket.emit("start", request, (/** @type {any} */ answer) => this.#answered(answer, at))
  }

  stop() {
    this.afterEnd = null
    this.live = this.wanted = false
    if (this.connected && this.requested) this.#askForEnd()
    else if (!this.ending) this.#hangUp()
  }

  #hangUp() {
    clearTimeout(this.returning)
    this.refusals.count = 0
    this.socket?.disconnect()
  }

  /** The call is over. */
  #leave() {
    this.live = this.requested = this.wanted = false
    clearTimeout(this.leaving)
    this.leaving = setTimeout(() => this.#hangUp(), LINGER_MS)
  }

  /** There will be no call. @param {import("../wire.js").Trouble} trouble */
  #giveUp(trouble) {
    this.wanted = false
    this.#hangUp()
    this.delegate.callRefused(trouble)
  }

  #askForEnd() {
    this.requested = false
    this.ending = true
    this.socket.emit("stop", {})
    this.overdue = setTimeout(() => this.#endAwaited(() => this.#hangUp()), STOP_MS)
  }

  /**
   * The chunk's number, or null if it was dropped.
   * @param {Int16Array} pcm
   */
  sendSound(pcm) {
    const n = this.live && this.connected ? this.sendWindow.take(msOf(pcm.length), this.now()) : null
    if (n !== null) this.socket.emit("audio", n, encode(pcm))
    return n
  }

  /** @param {string} text */
  sendText(text) {
    return this.#send("text", { text })
  }

  /** The push-to-talk key. @param {boolean} down */
  sendTalk(down) {
    return this.#send("talk", { down })
  }

  /** In the middle of a call. @param {StartRequest} request */
  configure(request) {
    if (!this.requested || !this.connected) return
    this.socket.emit(
      "configure", request, (/** @type {any} */ answer) => { if (!answer.ok) this.delegate.noticeArrived(answer.error) }
    )
  }

  interrupt() {
    return this.#send("interrupt", {})
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  sendFlushed(item, ms) {
    return this.#send("flushed", { item, heard_ms: Math.round(ms) })
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  sendHeard(item, ms) {
    return this.#send("heard", { item, heard_ms: Math.round(ms) })
  }

  /** Also before the call is live, so that nothing of its beginning is missed. @param {boolean} on */
  watch(on) {
    this.watching = on
    if (this.requested && this.connected) this.socket.emit("watch", { on })
  }

  /**
   * @template {keyof Wire.Sent} Event
   * @param {Event} event
   * @param {Wire.Sent[Event][0]} payload
   */
  #send(event, payload) {
    const may = this.live && this.connected
    if (may) this.socket.emit(event, payload)
    return may
  }

  /** @param {any} socket */
  #listen(socket) {
    socket.on("connect", () => this.#connected())
    socket.on("disconnect", (/** @type {string} */ reason) => this.#disconnected(reason))
    socket.on("connect_error", () => this.#refused(socket))
    socket.io.on("ping", () => this.#asked())
    this.#listenToCall(socket)
    this.#listenToConversation(socket)
    return socket
  }

  /** @param {any} socket */
  #listenToCall(socket) {
    this.#on(socket, "ready", ready => this.#readied(ready))
    this.#on(socket, "renewed", renewed => this.delegate.callRenewed(renewed))
    this.#on(socket, "ack", n => this.#acknowledged(n))
    this.#on(socket, "latency", answered => this.delegate.incoming.latencyArrived(answered))
    this.#on(socket, "limits", limits => this.delegate.limitsArrived(limits))
    this.#on(socket, "log", line => this.delegate.logArrived(line))
    this.#on(socket, "notice", trouble => this.delegate.noticeArrived(trouble))
    this.#on(socket, "going_away", ({ reconnect_in_ms: ms }) => this.#wentAway(socket, ms))
    socket.on("ended", (/** @type {Wire.Ended} */ { reason }) => this.#ended(reason))
  }

  /** @param {any} socket */
  #listenToConversation(socket) {
    this.#on(socket, "turn", (_, { state }) => this.delegate.incoming.turnChanged(state))
    this.#on(socket, "item", (n, place) => this.delegate.incoming.itemPlaced(n, place))
    this.#on(socket, "transcript", (n, wording) => this.delegate.incoming.transcriptArrived(n, wording))
    this.#on(socket, "audio", (_, item, base64) => this.delegate.incoming.soundArrived(item, base64))
    this.#on(socket, "flush", (_, { item }) => this.delegate.incoming.flushAsked(item))
    this.#on(
      socket, "tool", (n, { call, ...tool }) => this.delegate.incoming.transcriptArrived(n, { item: call, tool })
    )
    // Also of a call that is just over: what it cost is known last.
    socket.on("usage", (
      /** @type {number} */ _, /** @type {import("../wire.js").Usage} */ usage
    ) => this.delegate.incoming.usageArrived(usage))
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
    const { trouble } = await this.refusals.judge()
    if (!this.wanted || this.connected) return
    // A server that is being restarted is soon back, and the library tries again.
    if (trouble && trouble.code !== "server_stopping") return this.#giveUp(trouble)
    if (!socket.active) return this.#giveUp({ code: "connection_refused" })
    if (this.heard.ms > GIVE_UP_MS) return this.#giveUp({ code: "connection_given_up" })
    this.delegate.transportRefused(this.heard.ms)
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
    this.live = this.requested = this.ending = false
    // Where the page was frozen, the library has kept what was said since, to say it on the next line before `start`.
    this.socket.sendBuffer = []
    this.afterEnd = null
    // It would come back by itself.
    if (!this.wanted) return reason === "io client disconnect" ? undefined : this.#hangUp()
    if (this.heard.ms < ASLEEP_MS) this.heard.restart()
    // The library comes back by itself except from this one.
    if (reason === "io server disconnect") this.#returnIn(SETTLE_MS)
    this.delegate.transportLost(this.heard.ms)
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
    this.live = true
    this.delegate.callReadied(ready)
  }

  /** @param {number} n */
  #acknowledged(n) {
    const at = this.sendWindow.acknowledged(n)
    if (at !== undefined) this.delegate.tripMeasured(this.now() - at)
    this.delegate.soundAcknowledged(n)
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
}
