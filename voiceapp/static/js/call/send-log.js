// What goes up in the one numbered sequence of a call (docs/wire.md): what was sent and is not acknowledged, and what
// waits behind it. A number is given when something is sent, so what is left out takes none and there is never a hole;
// after a lost line, what the server has not taken is numbered anew.

/** Of sound beyond the last acknowledgement. */
const MAX_MS = 1800
/** So much sound is acknowledged at the latest, and all else at once. */
const ACKNOWLEDGED_MS = 500
/** So many times as fast as it was said does late sound go up, and so much of it at once. */
const PACE = 2
const BURST_MS = 400

/**
 * @typedef {object} Sending
 * @property {string} event
 * @property {any} data
 * @property {number} ms of sound; 0: it is something else
 * @property {number} n
 * @property {number} at when it was sent
 * @property {((taken: boolean, n: number) => void) | undefined} sent it is on its way, or was taken, under this number
 * @property {((answer: any) => void) | undefined} answered
 */

export class SendLog {
  /** Given last. */
  number = 0
  /** Not acknowledged, in the order of their numbers. @type {Sending[]} */
  sent = []
  sentMs = 0
  /** Not sent, in the order in which they were said. @type {Sending[]} */
  waiting = []
  waitingMs = 0
  /** So much sound may wait. */
  roomMs = 0
  /** And so much more of what was said before the call was live, until it went up, which it does at once. */
  firstMs = 0
  /** What waits is sound of a while ago. */
  late = false
  credit = 0
  creditAt = 0
  /** Of all calls. */
  lateMs = 0
  leftOutMs = 0

  /** A call begins. @param {number} roomMs */
  begin(roomMs) {
    Object.assign(this, { number: 0, sent: [], sentMs: 0, waiting: [], waitingMs: 0, roomMs, firstMs: 0, late: false })
  }

  /** @param {Sending} sending */
  add(sending) {
    this.waiting.push(sending)
    this.waitingMs += sending.ms
  }

  /** What may be sent now, with its number, or null. @param {number} at now */
  next(at) {
    const sending = this.waiting[0]
    if (!sending || !this.#may(sending.ms, at)) return null
    this.waiting.shift()
    this.waitingMs -= sending.ms
    this.sentMs += sending.ms
    sending.n = ++this.number
    sending.at = at
    this.sent.push(sending)
    if (this.late) this.#wentLate(sending.ms)
    return sending
  }

  /** What could not be sent waits, as far as there is room: the oldest sound gives way. @param {number} at now */
  bound(at) {
    const room = this.roomMs + this.firstMs
    if (this.waitingMs > room) this.#leaveOut(this.waitingMs - room)
    if (this.waiting.length === 0) this.firstMs = 0
    if (this.late || this.waiting.length === 0) return
    this.late = true
    this.credit = BURST_MS
    this.creditAt = at
  }

  /** No sound that waits is sent any more. */
  dropSound() {
    this.#leaveOut(this.waitingMs)
  }

  /** Nothing of these is sent any more, nor once more. @param {string} event none that has a length */
  forget(event) {
    this.sent = this.sent.filter(sending => sending.event !== event)
    this.waiting = this.waiting.filter(sending => sending.event !== event)
  }

  /** When that was sent which an acknowledgement is due for, or undefined. */
  get dueSince() {
    let ms = 0
    return this.sent.find(sending => (ms += sending.ms) >= ACKNOWLEDGED_MS || sending.ms === 0)?.at
  }

  /** What was taken, of what was on its way. @param {number} n */
  acknowledged(n) {
    let count = 0
    while (count < this.sent.length && this.sent[count].n <= n) this.sentMs -= this.sent[count++].ms
    return this.sent.splice(0, count)
  }

  /**
   * The line is back: all that was not taken waits again, numbered from there on. What was taken.
   * @param {number} taken
   * @param {number} at now
   */
  resumed(taken, at) {
    const arrived = this.sent.filter(({ n }) => n <= taken)
    const others = this.sent.filter(({ n }) => n > taken)
    this.waiting = [...others, ...this.waiting]
    this.waitingMs = this.waiting.reduce((sum, { ms }) => sum + ms, 0)
    Object.assign(this, { number: taken, sent: [], sentMs: 0, late: false })
    this.bound(at)
    return arrived
  }

  /** @param {number} ms @param {number} at */
  #may(ms, at) {
    if (ms === 0) return true
    if (this.sentMs + ms > MAX_MS) return false
    if (!this.late || this.firstMs > 0) return true
    this.credit = Math.min(Math.max(BURST_MS, ms), this.credit + PACE * (at - this.creditAt))
    this.creditAt = at
    return this.credit >= ms
  }

  /** @param {number} ms */
  #wentLate(ms) {
    this.credit -= ms
    this.lateMs += ms
    this.late = this.waiting.length > 0
  }

  /** @param {number} ms at least so much of the oldest sound */
  #leaveOut(ms) {
    const before = this.waitingMs
    this.waiting = this.waiting.filter(sending => {
      if (sending.ms === 0 || before - this.waitingMs >= ms) return true
      this.waitingMs -= sending.ms
      return false
    })
    this.leftOutMs += before - this.waitingMs
    if (this.waiting.length === 0) this.late = false
  }
}
