// What the server says of a call as a whole, and the line of itself.

/** Why another session could not be had. */
const UNRENEWED = ["renewal_failed", "too_often", "bad_event"]

/** The transport's delegate. */
export class ServerReports {
  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.call = call
  }

  /** What it says of the conversation. */
  get incoming() {
    return this.call.incoming
  }

  /** @param {number} awayMs */
  transportConnected(awayMs) {
    this.call.connectionLoss.back(awayMs)
    this.call.notices.over("lineBack")
    this.call.opening.lineMade()
  }

  /** @param {number} awayMs @param {boolean} kept */
  transportLost(awayMs, kept) {
    if (!this.call.callState.active) return
    this.call.recovery.lost(kept)
    this.call.connectionLoss.stillAway(awayMs)
  }

  /** Not reached, and tried again. @param {number} awayMs */
  transportRefused(awayMs) {
    if (this.call.callState.active) this.call.connectionLoss.stillAway(awayMs)
  }

  callRequested() {
    this.call.opening.ungreeted = false
    this.call.recovery.requested()
    this.call.player.forget()
    this.call.stats.callBegan()
  }

  /** @param {import("../wire.js").Trouble} error */
  callRefused(error) {
    if (!this.call.callState.active) return
    this.call.notices.add({ ...error, fatal: true })
    this.call.end()
  }

  /** @param {import("../wire.js").Ready} ready */
  callReadied(ready) {
    if (!this.call.callState.take("readied")) return
    this.call.recovery.readied()
    this.call.interrupted = false
    this.call.keeper.begin(ready, this.call.opening.earlyMs)
    this.call.delegate.callReadied(ready)
    this.call.sessionRequest.tell()
    this.call.followMode()
    this.call.opening.readied()
    this.call.startMicrophone(ready)
    this.call.notices.over("callReady")
    this.call.outbox.send()
    this.call.recovery.save()
  }

  callResumed = (/** @type {import("../wire.js").Resumed} */ resumed) => this.call.recovery.resumed(resumed)
  callGone = (/** @type {string} */ code) => this.call.recovery.gone(code)

  get talk() {
    return this.call.recovery.told
  }

  /** @param {number} ms */
  soundLeftOut(ms) {
    this.call.notices.add({ code: "sound_left_out", param: String(Math.ceil(ms / 1000)) })
  }

  /** @param {import("../wire.js").Renewed} renewed */
  callRenewed(renewed) {
    this.call.sessionRequest.renewed(renewed.why)
    this.call.recovery.renewed(renewed)
    this.call.recovery.save()
    this.call.delegate.callRenewed(renewed)
    this.call.delegate.callChanged()
  }

  limitsArrived = (/** @type {import("../wire.js").Limits} */ limits) => this.call.delegate.limitsArrived(limits)

  logArrived = (/** @type {import("../wire.js").LogLine} */ line) => this.call.delegate.logArrived(line)

  /** @param {import("../wire.js").Trouble} trouble */
  noticeArrived(trouble) {
    // Of a call that is over, whatever it is.
    if (!this.call.callState.active) return
    this.call.outbox.noticed(trouble.code)
    if (UNRENEWED.includes(trouble.code)) this.call.sessionRequest.notRenewed()
    this.call.notices.add(trouble)
  }

  /** @param {string} reason */
  callEnded(reason) {
    if (this.call.callState.active && reason !== "stopped" && !this.call.notices.all.some(({ fatal }) => fatal))
      this.call.notices.add({ code: reason, fatal: true })
    if (this.call.callState.active) this.call.endedBy = reason
    this.call.end()
  }

  /** @param {number} n */
  sentAcknowledged(n) {
    this.call.stats.chunksAcked = n
    this.call.recovery.savedCall.touch()
  }

  tripMeasured = (/** @type {number} */ ms) => this.call.stats.latencies.tripMeasured(ms)
}
