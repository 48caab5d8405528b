// One call after another: joins the state, the connection, the microphone and the loudspeaker, and tells the rest of
// the page what happened.

import { LoadError } from "../audio/device.js"
import { HalfDuplex } from "./half-duplex.js"
import { PlaybackReports } from "./playback-reports.js"
import { Incoming } from "./incoming.js"
import { ConnectionLoss } from "./connection-loss.js"
import { Outbox } from "./outbox.js"
import { Outgoing } from "./outgoing.js"
import { CallState } from "./call-state.js"
import { CallAudio } from "./call-audio.js"
import { PushToTalk } from "./push-to-talk.js"
import { Transport } from "./transport.js"
import { SessionRequest } from "./session-request.js"

/** Why another session could not be had. */
const UNRENEWED = ["renewal_failed", "too_often", "bad_event"]
/** Of the assistant, though nothing of it is heard yet. */
const ANSWERING = ["thinking", "tool"]

export class Call {
  callState = new CallState(this)
  halfDuplex = new HalfDuplex()
  /** The call was live before the connection was lost. */
  interrupted = false
  /** Which start() is the latest: an older one that is still waiting gives up. */
  attempt = 0
  prepared = false
  /** @type {Promise<void>} */
  closing = Promise.resolve()

  /**
   * @param {import("./call-parts.js").Parts} parts
   * @param {import("./call-parts.js").CallDelegate} delegate
   */
  constructor(parts, delegate) {
    this.delegate = delegate
    this.transcript = parts.transcript
    this.pace = parts.pace
    this.notices = parts.notices
    this.stats = parts.stats
    this.preferences = parts.preferences
    this.keeper = parts.keeper
    this.now = parts.now
    this.checkSupport = parts.checkSupport
    this.transport = new Transport(parts.connect, parts.ask, this, parts.now)
    this.outbox = new Outbox(this.transport, this)
    this.sessionRequest = new SessionRequest(this.transport, parts.preferences, this)
    this.outgoing = new Outgoing(this.transport, parts.stats, parts.notices)
    this.audio = new CallAudio(parts, new PlaybackReports(this.transport, parts, delegate), this)
    const { callState, outbox, outgoing, player } = this
    this.incoming = new Incoming({ ...parts, callState, outbox, outgoing, player }, delegate)
    this.connectionLoss = new ConnectionLoss(parts.notices, this)
    this.pushToTalk = new PushToTalk(this.transport, this.microphone, parts.now, this)
  }

  get microphone() {
    return this.audio.microphone
  }

  get player() {
    return this.audio.player
  }

  get asking() {
    return this.audio.asking
  }

  get muted() {
    return this.outgoing.gate.muted || !this.microphone.there
  }

  get speaking() {
    return this.callState.live && (this.callState.turn === "assistant" || this.player.busy)
  }

  /** There is something to be stopped: it speaks, or is about to. */
  get answering() {
    return this.speaking || (this.callState.live && ANSWERING.includes(this.callState.turn))
  }

  /** Of the session that goes on, whatever was chosen for another one. */
  get isPushToTalk() {
    return (this.callState.live ? this.sessionRequest.mode : this.preferences.values.mode) === "push_to_talk"
  }

  get talking() {
    return this.pushToTalk.key.down
  }

  /** To be called inside a click or a key press. @param {{microphone: boolean}} options */
  async start({ microphone }) {
    const missing = this.checkSupport()
    if (missing) return this.#unsupported(missing)
    if (!this.callState.take("call")) return
    this.delegate.callBegun()
    const attempt = ++this.attempt
    this.notices.callBegan()
    this.outgoing.reset(!microphone)
    this.#openLine(attempt)
    await this.#prepare(attempt, microphone)
      .catch(error => this.#failed(error instanceof LoadError ? "client_missing" : "unsupported", attempt))
  }

  stop() {
    if (!this.callState.take("hungUp")) return
    this.closing = this.#close(() => this.transport.stop())
  }

  async toggleMicrophone() {
    if (!this.microphone.there) return this.#addMicrophone()
    this.outgoing.gate.mute(!this.outgoing.gate.muted)
    this.audio.silence.over()
    this.delegate.callChanged()
  }

  interrupt() {
    if (!this.answering) return
    this.transport.interrupt()
    this.player.silence()
    this.delegate.callChanged()
  }

  /** @param {string} text */
  say(text) {
    this.outbox.add(text)
    this.start({ microphone: false })
  }

  /** @param {boolean} on */
  watch(on) {
    this.transport.watch(on)
  }

  pageShown() {
    if (this.callState.active) this.audio.shown()
  }

  /** In the middle of a call too. @param {keyof import("../models/preferences.js").Values} name */
  preferenceChanged(name) {
    if (name === "mode") this.pushToTalk.key.drop()
    this.notices.over("changeAsked")
    this.audio.preferenceChanged(name)
    this.sessionRequest.preferenceChanged(name)
  }

  /** The microphone as the session that goes on takes turns. */
  #followMode() {
    this.isPushToTalk ? this.microphone.pause() : this.microphone.resume()
    this.audio.modeChanged()
  }

  /** @param {string} code */
  #unsupported(code) {
    this.notices.add({ code, fatal: true })
    this.#giveBack()
  }

  /** What was typed for a call that did not come about is still the person's. */
  #giveBack() {
    const texts = this.outbox.takeBack()
    if (texts.length) this.delegate.textsUnsent(texts)
  }

  /**
   * @param {number} attempt
   * @param {boolean} microphone
   */
  async #prepare(attempt, microphone) {
    this.prepared = false
    this.microphone.paused = this.isPushToTalk
    const opening = this.audio.open()
    // Told of below, once the person has answered.
    opening.catch(() => {})
    if (microphone) await this.audio.ask()
    const context = await opening
    await this.closing
    if (attempt !== this.attempt || !this.callState.active) return
    this.audio.begin(context)
    this.prepared = true
    this.transport.connected ? this.#request() : this.transport.open()
  }

  /**
   * While the person is asked for the microphone, but not before the call before it has let go of its own.
   * @param {number} attempt
   */
  async #openLine(attempt) {
    await this.closing
    if (attempt === this.attempt && this.callState.active) this.transport.open()
  }

  /** Whoever wrote first, or was in a call already, is not greeted. */
  #request() {
    this.sessionRequest.start(!this.interrupted && this.outbox.all.length === 0)
  }

  /** In the middle of a call. */
  async #addMicrophone() {
    // Whoever presses wants to be heard, also where it is being asked for already.
    this.outgoing.gate.mute(false)
    await this.audio.addMicrophone()
    this.delegate.callChanged()
  }

  /** @param {() => void} last what to do once the last of the sound has gone up */
  async #close(last) {
    this.attempt++
    this.interrupted = false
    this.connectionLoss.back(0)
    this.notices.callEnded()
    this.#giveBack()
    this.pushToTalk.key.drop()
    this.#settle()
    this.delegate.soundClosed()
    await this.audio.close()
    this.keeper.end()
    last()
    this.delegate.callChanged()
  }

  /** Nothing more comes of what is being said: as after an interruption, what was heard of it stays. */
  #settle() {
    this.transcript.settle(entry => this.pace.seen(entry))
    this.keeper.pause()
  }

  /** @param {string} code @param {number} attempt */
  #failed(code, attempt) {
    if (attempt !== this.attempt) return
    this.notices.add({ code, fatal: true })
    this.#end(() => this.transport.stop())
  }

  #end(last = () => {}) {
    if (this.callState.take("ended")) this.closing = this.#close(last)
  }

  outboxChanged = () => this.delegate.outboxChanged()
  textsSending = () => this.player.silence()

  // Call state delegate

  callStateChanged() {
    this.delegate.callChanged()
  }

  // Transport delegate

  /** @param {number} awayMs */
  transportConnected(awayMs) {
    this.connectionLoss.back(awayMs)
    this.notices.over("lineBack")
    if (this.prepared && this.callState.active) this.#request()
  }

  /** @param {number} awayMs */
  transportLost(awayMs) {
    if (!this.callState.active) return
    this.interrupted ||= this.callState.live
    this.pushToTalk.key.drop()
    this.callState.take("lost")
    this.outbox.lost()
    this.microphone.chunkMs = 0
    this.player.silence()
    this.#settle()
    this.connectionLoss.stillAway(awayMs)
  }

  /** Not reached; the library tries again. @param {number} awayMs */
  transportRefused(awayMs) {
    if (this.callState.active) this.connectionLoss.stillAway(awayMs)
  }

  // Connection loss delegate

  awayForLong() {
    if (!this.audio.shut()) return
    this.outgoing.gate.mute(true)
    this.notices.add({ code: "microphone_shut" })
    this.delegate.callChanged()
  }

  callRequested() {
    this.transcript.begin()
    this.pace.reset()
    this.player.forget()
    this.stats.callBegan()
  }

  /** @param {import("../wire.js").Trouble} error */
  callRefused(error) {
    if (!this.callState.active) return
    this.notices.add({ ...error, fatal: true })
    this.#end()
  }

  /** @param {import("../wire.js").Ready} ready */
  callReadied(ready) {
    if (!this.callState.take("readied")) return
    if (this.interrupted) this.notices.add({ code: "reconnected" })
    this.interrupted = false
    this.keeper.begin(ready)
    this.delegate.callReadied(ready)
    this.sessionRequest.tell()
    this.#followMode()
    this.microphone.start(this.preferences.values.chunk_ms || ready.chunk_ms)
    this.notices.over("callReady")
    this.outbox.send()
  }

  /** @param {import("../wire.js").Renewed} renewed */
  callRenewed(renewed) {
    this.sessionRequest.renewed()
    this.delegate.callRenewed(renewed)
    this.delegate.callChanged()
  }

  limitsArrived = (/** @type {import("../wire.js").Limits} */ limits) => this.delegate.limitsArrived(limits)

  logArrived = (/** @type {import("../wire.js").LogLine} */ line) => this.delegate.logArrived(line)

  /** @param {import("../wire.js").Trouble} trouble */
  noticeArrived(trouble) {
    // Of a call that is over, whatever it is.
    if (!this.callState.active) return
    this.outbox.noticed(trouble.code)
    if (UNRENEWED.includes(trouble.code)) this.sessionRequest.notRenewed()
    this.notices.add(trouble)
  }

  /** @param {string} reason */
  callEnded(reason) {
    if (this.callState.active && reason !== "stopped" && !this.notices.all.some(({ fatal }) => fatal))
      this.notices.add({ code: reason, fatal: true })
    this.#end()
  }

  soundAcknowledged = (/** @type {number} */ n) => void (this.stats.chunksAcked = n)
  tripMeasured = (/** @type {number} */ ms) => this.stats.latencies.tripMeasured(ms)

  // Session request delegate

  modeChanged() {
    this.pushToTalk.key.drop()
    this.#followMode()
    this.delegate.callChanged()
  }

  // Push-to-talk delegate

  get canTalk() {
    return this.callState.live && this.isPushToTalk
  }

  pushToTalkBegan() {
    this.player.silence()
    this.outgoing.gate.mute(false)
    if (!this.microphone.there) this.#addMicrophone()
  }

  talkKeyChanged = () => this.delegate.callChanged()

  // Call audio delegate

  get soundWanted() {
    return this.callState.active
  }

  /** It is the person's turn: what they say now should go up. */
  get awaitingVoice() {
    const theirs = this.isPushToTalk ? this.talking : this.callState.turn === "listening"
    return this.callState.live && theirs && !this.outgoing.gate.shut && !this.player.busy
  }

  /** The server hears them. */
  get voiceHeard() {
    return this.callState.turn === "user" && !this.isPushToTalk
  }

  /** Nothing more comes of it, so a turn that it has begun would have no end. */
  microphoneGone() {
    if (this.voiceHeard) this.outgoing.trail()
  }

  soundOpened() {
    this.delegate.soundOpened()
    this.delegate.callChanged()
  }

  soundChanged = () => this.delegate.callChanged()

  levelMeasured = (/** @type {number} */ peak) => this.delegate.levelMeasured(peak)

  soundRestarting() {
    this.transport.interrupt()
    this.player.silence()
  }

  /** @param {Int16Array} pcm */
  microphoneHeard(pcm) {
    const shut = this.halfDuplex.shut(this.player, this.audio.device, this.now())
    this.outgoing.gate.close(shut && this.preferences.values.half_duplex && !this.isPushToTalk)
    const sent = this.outgoing.take(pcm)
    if (sent) this.keeper.recorder?.soundSent(sent)
  }
}
