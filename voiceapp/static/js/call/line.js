// The Socket.IO connection itself: held for a call and no longer; when it is lost, it is made again.

import { Refusals } from "./admission.js"
import { Backoff } from "./backoff.js"
import { Elapsed } from "./elapsed.js"

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
 * @typedef {object} LineDelegate
 * @property {(socket: any) => void} lineNew before anything comes over it: listens
 * @property {(awayMs: number) => void} lineMade after so long
 * @property {() => void} lineDown whatever becomes of it
 * @property {(awayMs: number) => void} lineLost it is made again; so long there was none, where the page slept
 * @property {(awayMs: number) => void} lineRefused it could not be made, for so long by now, and is tried again
 * @property {(trouble: import("../wire.js").Trouble) => void} lineGivenUp
 */

export class Line {
  backoff = new Backoff()
  /** There is a call, or is to be one: it is held, and made again when it is lost. */
  wanted = false
  /** The first word after a long silence: it may be of before that. */
  doubted = false
  /** @type {ReturnType<typeof setTimeout> | undefined} when it is tried again */
  returning
  /** @type {ReturnType<typeof setTimeout> | undefined} the call is over; when to let it go */
  leaving
  /** @type {any} the Socket.IO socket */
  socket = null

  /**
   * @param {() => any} connect makes a socket that is not yet connected
   * @param {() => Promise<import("./admission.js").Admission>} ask why a connection may have been refused
   * @param {LineDelegate} delegate
   * @param {() => number} now milliseconds
   */
  constructor(connect, ask, delegate, now) {
    this.connect = connect
    this.refusals = new Refusals(ask)
    this.delegate = delegate
    /** Since the server was last heard, or the line first wanted. */
    this.heard = new Elapsed(now)
  }

  get connected() {
    return this.socket?.connected === true
  }

  open() {
    if (!this.wanted) this.heard.restart()
    this.hold()
    if (this.connected) return
    this.socket ??= this.#listen(this.connect())
    this.#connect()
  }

  /** Where it is made already, its answer is to come: to one that is asked for twice the server says no. */
  #connect() {
    if (this.socket.io.engine?.readyState !== "open") this.socket.connect()
  }

  /** It is made, or was: not let go any more. */
  hold() {
    this.wanted = true
    clearTimeout(this.leaving)
  }

  /** The call is over, and what it has cost may still come. */
  linger() {
    this.wanted = false
    clearTimeout(this.leaving)
    this.leaving = setTimeout(() => this.hangUp(), LINGER_MS)
  }

  hangUp() {
    this.wanted = false
    clearTimeout(this.returning)
    this.refusals.count = 0
    this.socket?.disconnect()
  }

  /** The server is being restarted: whoever answers then takes the call. @param {number} ms */
  comeBackIn(ms) {
    const { wanted } = this
    this.socket.disconnect()
    if (wanted) this.#returnIn(ms)
  }

  /** The browser says that there is a network again. */
  networkBack() {
    if (this.wanted && this.socket && !this.connected) this.#returnIn(0)
  }

  /** It is dead, though nobody has said so. */
  renew() {
    this.socket.io.engine?.close()
  }

  /** @param {any} socket */
  #listen(socket) {
    socket.on("connect", () => this.#connected())
    socket.on("disconnect", (/** @type {string} */ reason) => this.#disconnected(reason))
    socket.on("connect_error", () => this.#refused(socket))
    socket.io.on("ping", () => this.#asked())
    this.delegate.lineNew(socket)
    return socket
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
    clearTimeout(this.returning)
    this.refusals.connected()
    if (!this.wanted) return this.hangUp()
    const { ms: away } = this.heard
    // The computer slept, most likely: nobody expects to be heard now.
    if (away > GIVE_UP_MS) return this.#giveUp({ code: "connection_given_up" })
    this.heard.restart()
    this.delegate.lineMade(away)
  }

  /** @param {any} socket */
  async #refused(socket) {
    if (this.wanted && socket.active) this.#returnIn(this.backoff.next())
    const { trouble } = await this.refusals.judge()
    if (!this.wanted || this.connected) return
    // A server that is being restarted is soon back.
    const why = trouble && trouble.code !== "server_stopping" ? trouble : this.#whyGivenUp(socket)
    why ? this.#giveUp(why) : this.delegate.lineRefused(this.heard.ms)
  }

  /** @param {any} socket */
  #whyGivenUp(socket) {
    if (!socket.active) return { code: "connection_refused" }
    return this.heard.ms > GIVE_UP_MS ? { code: "connection_given_up" } : null
  }

  /** @param {import("../wire.js").Trouble} trouble */
  #giveUp(trouble) {
    this.wanted = false
    this.delegate.lineGivenUp(trouble)
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.delegate.lineDown()
    // Where the page was frozen, the library has kept what was said since, to say it on the next line before `start`.
    this.socket.sendBuffer = []
    // It would come back by itself.
    if (!this.wanted) return reason === "io client disconnect" ? undefined : this.hangUp()
    const { ms: silent } = this.heard
    if (silent < ASLEEP_MS) this.heard.restart()
    this.#returnIn(reason === "io server disconnect" ? SETTLE_MS : this.backoff.next())
    this.delegate.lineLost(silent < ASLEEP_MS ? 0 : silent)
  }

  /** @param {number} ms */
  #returnIn(ms) {
    clearTimeout(this.returning)
    this.returning = setTimeout(() => this.#connect(), ms)
  }
}
