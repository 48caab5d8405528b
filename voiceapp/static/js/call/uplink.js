// What the page says in a call, each thing once and in order, however often the line is lost meanwhile: what cannot be
// sent waits in the log, and goes up when the line is back.

import { encode } from "../audio/base64.js"
import { msOf } from "../audio/pcm.js"
import { SendLog } from "./send-log.js"

/** Of sound that is kept while the line is away: an older monologue would only puzzle who hears it. */
const ROOM_MS = 5000
const STEP_MS = 50
/** A line on which nothing is acknowledged for so long is dead, whatever it says. */
const STALLED_MS = 3500
const WATCH_MS = 500
/** A report goes up with the next sound, so that neither phone nor server wakes for it alone; without any, so late. */
const REPORT_MS = 60

/**
 * @typedef {object} UplinkDelegate
 * @property {any} socket
 * @property {() => void} uplinkStalled
 * @property {(ms: number) => void} soundLeftOut so much of what was said meanwhile will not go up
 * @property {(n: number, tripMs: number | null) => void} uplinkAcknowledged
 */

export class Uplink {
  log = new SendLog()
  /** There is a call: what is said is taken. */
  live = false
  /** The line carries it. */
  attached = false
  /** Of what was left out, so much was told. */
  toldMs = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} when more of what is late goes up */
  pacing
  /** @type {ReturnType<typeof setTimeout> | undefined} when it is looked whether anything was acknowledged */
  watching
  /** @type {Map<string, [string, object]>} what has no number and goes up next, the latest of each kind */
  reports = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} when it goes up at the latest */
  reporting

  /** @param {UplinkDelegate} delegate @param {() => number} now milliseconds */
  constructor(delegate, now) {
    this.delegate = delegate
    this.now = now
  }

  /** The call outlives its line. */
  get lasting() {
    return this.log.roomMs > 0
  }

  /** A call is live. @param {boolean} lasting it outlives its line */
  begin(lasting) {
    this.log.begin(lasting ? ROOM_MS : 0)
    this.toldMs = this.log.leftOutMs
    this.live = this.attached = true
  }

  /** There is none any more. */
  end() {
    this.live = false
    this.lost()
    this.log.begin(0)
  }

  /** The line is. */
  lost() {
    this.attached = false
    clearTimeout(this.pacing)
    clearTimeout(this.watching)
    clearTimeout(this.reporting)
    this.pacing = this.watching = this.reporting = undefined
    this.reports.clear()
  }

  /** It is back. @param {number} taken number of the last that the server has */
  resumed(taken) {
    this.log.roomMs = ROOM_MS
    this.live = this.attached = true
    for (const { sent, n } of this.log.resumed(taken, this.now())) sent?.(true, n)
    this.#pump()
    this.#tellLeftOut()
  }

  /** Whether it is on its way, or will be. @param {Int16Array} pcm */
  sendSound(pcm) {
    if (!this.live) return false
    const sending = sound(pcm)
    this.log.add(sending)
    this.#pump()
    return sending.n > 0 || this.log.roomMs + this.log.firstMs > 0
  }

  /** What was said before the call was live, at once. @param {Int16Array[]} chunks */
  sendFirst(chunks) {
    this.log.firstMs = chunks.reduce((sum, { length }) => sum + msOf(length), 0)
    for (const pcm of chunks) this.log.add(sound(pcm))
    this.#pump()
  }

  /** @param {string} text @param {(taken: boolean, n: number) => void} sent it is on its way, or was taken */
  sendText(text, sent) {
    return this.#send("text", { text }, sent)
  }

  /** @param {import("../wire.js").PicturePart} part @param {(taken: boolean, n: number) => void} sent as of a text */
  sendPicture(part, sent) {
    return this.#send("picture", part, sent)
  }

  /** The push-to-talk key. @param {boolean} down */
  sendTalk(down) {
    return this.#send("talk", { down })
  }

  interrupt() {
    return this.#send("interrupt", {})
  }

  /** Whether a tool may run. @param {string} item @param {boolean} yes */
  approve(item, yes) {
    return this.#send("approve", { item, yes })
  }

  /** @param {string} item @param {number} ms */
  sendFlushed(item, ms) {
    return this.#send("flushed", { item, heard_ms: Math.round(ms) })
  }

  /** In the middle of a call. @param {object} request @param {(answer: any) => void} answered */
  configure(request, answered) {
    return this.#send("configure", request, undefined, answered)
  }

  /** It is told again after a loss. @param {string} item @param {number} ms */
  sendHeard(item, ms) {
    return this.#report(`heard ${item}`, "heard", { item, heard_ms: Math.round(ms) })
  }

  /** Up to this number nothing is needed. @param {number} n */
  sendGot(n) {
    return this.#report("got", "got", { n })
  }

  /** The person is heard while the answer is held. */
  sendVoice() {
    this.sendReports()
    if (this.attached) this.delegate.socket.emit("voice", {})
  }

  /**
   * What needs no number: it is said again by whoever knows it. Whether it goes up.
   * @param {string} of of several of the same only the latest does
   * @param {string} event
   * @param {object} data
   */
  #report(of, event, data) {
    if (!this.attached) return false
    this.reports.set(of, [event, data])
    this.reporting ??= setTimeout(() => this.sendReports(), REPORT_MS)
    return true
  }

  /** Now, not with the next sound. */
  sendReports() {
    clearTimeout(this.reporting)
    this.reporting = undefined
    for (const [event, data] of this.reports.values()) this.delegate.socket.emit(event, data)
    this.reports.clear()
  }

  /** @param {number} n */
  acknowledged(n) {
    const taken = this.log.acknowledged(n)
    for (const { sent, n: own } of taken) sent?.(true, own)
    const last = taken.at(-1)
    this.delegate.uplinkAcknowledged(n, last?.n === n ? this.now() - last.at : null)
    if (this.log.waiting.length > 0) this.#pump()
  }

  /** Whoever was away for so long is not heard of then. */
  dropSound() {
    this.log.dropSound()
  }

  /**
   * @param {string} event
   * @param {object} data
   * @param {(taken: boolean, n: number) => void} [sent]
   * @param {(answer: any) => void} [answered]
   */
  #send(event, data, sent, answered) {
    if (!this.live) return false
    this.log.add({ event, data, ms: 0, n: 0, at: 0, sent, answered })
    this.#pump()
    return true
  }

  #pump() {
    const at = this.now()
    for (let sending = this.#next(at); sending; sending = this.#next(at)) this.#emit(sending)
    this.log.bound(at)
    if (!this.attached) return
    if (this.log.waiting.length > 0) this.pacing ??= setTimeout(() => this.#paced(), STEP_MS)
    else if (this.log.leftOutMs > this.toldMs) this.#tellLeftOut()
    if (this.log.roomMs > 0) this.watching ??= setTimeout(() => this.#watched(), WATCH_MS)
  }

  /** @param {number} at */
  #next(at) {
    return this.attached ? this.log.next(at) : null
  }

  /** @param {import("./send-log.js").Sending} sending */
  #emit({ event, data, ms, n, sent, answered }) {
    const { socket } = this.delegate
    if (this.reports.size > 0) this.sendReports()
    if (ms > 0) return void socket.emit(event, n, data)
    socket.emit(event, { ...data, n }, ...answered ? [answered] : [])
    sent?.(false, n)
  }

  #paced() {
    this.pacing = undefined
    this.#pump()
  }

  #watched() {
    this.watching = undefined
    if (this.log.sent.length === 0) return
    const { dueSince } = this.log
    if (dueSince !== undefined && this.now() - dueSince > STALLED_MS) return this.delegate.uplinkStalled()
    this.watching = setTimeout(() => this.#watched(), WATCH_MS)
  }

  /** Where nothing can wait, each loss is told as it comes: of those there is nothing to say later. */
  #tellLeftOut() {
    const ms = this.log.leftOutMs - this.toldMs
    this.toldMs = this.log.leftOutMs
    if (ms > 0 && this.log.roomMs > 0) this.delegate.soundLeftOut(ms)
  }
}

/** @param {Int16Array} pcm @returns {import("./send-log.js").Sending} */
function sound(pcm) {
  return { event: "audio", data: encode(pcm), ms: msOf(pcm.length), n: 0, at: 0, sent: undefined, answered: undefined }
}
