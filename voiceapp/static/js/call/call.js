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
import { Recovery } from "./recovery.js"
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
    this.notices = parts.notices
    this.stats = parts.stats
    this.preferences = parts.preferences
    this.keeper = parts.keeper
    this.now = parts.now
    this.checkSupport = parts.checkSupport
    this.transport = new Transport(parts.connect, parts.ask, this, parts.now)
    const { uplink, resumption } = this.transport
    this.outbox = new Outbox(uplink, this)
    this.sessionRequest = new SessionRequest(this.transport, parts.preferences, this)
    this.outgoing = new Outgoing(uplink, parts.stats, parts.notices)
    this.audio = new CallAudio(parts, new PlaybackReports(this.transport, parts, delegate), this)
    const { callState, outbox, outgoing, player } = this
    this.incoming = new Incoming({ ...parts, callState, outbox, outgoing, player }, delegate)
    this.connectionLoss = new ConnectionLoss(parts.notices, resumption, this)
    this.recovery = new Recovery(this, parts)
    this.pushToTalk = new PushToTalk(uplink, this.microphone, parts.now, this)
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
    return this.callState.goesOn && (this.callState.turn === "assistant" || this.player.busy)
  }

  /** There is something to be stopped: it speaks, or is about to. */
  get answering() {
    return this.speaking || (this.callState.goesOn && ANSWERING.includes(this.callState.turn))
  }

  /** Of the session that goes on, whatever was chosen for another one. */
  get isPushToTalk() {
    return (this.callState.goesOn ? this.sessionRequest.mode : this.preferences.values.mode) === "push_to_talk"
  }

  get talking() {
    return this.pushToTalk.key.down
  }

  /**
   * To be called inside a click or a key press.
   * @param {{microphone: boolean, talk?: import("../history/talk.js").Talk | null}} options `talk`: that was kept, and
   *   goes on
   */
  async start({ microphone, talk = null }) {
    const missing = this.checkSupport()
    if (missing) return this.#unsupported(missing)
    if (!this.callState.take("call")) return
    this.recovery.called(talk)
    this.delegate.callBegun()
    await this.open(microphone)
  }

  /** Line and sound, of a call that is asked for or come back to. @param {boolean} microphone */
  async open(microphone) {
    const attempt = ++this.attempt
    this.notices.callBegan()
    this.outgoing.reset(!microphone)
    this.#openLine(attempt)
    await this.#prepare(attempt, microphone)
      .catch(error => this.#failed(error instanceof LoadError ? "client_missing" : "unsupported", attempt))
  }

  /** @param {boolean} [atOnce] the last of the sound is not waited for */
  stop(atOnce = false) {
    // Nothing more is said in a call that comes back just now.
    if (atOnce || this.callState.phase === "reconnecting") this.transport.stop()
    if (!this.callState.take("hungUp")) return
    this.recovery.savedCall.forget()
    this.closing = this.#close(() => this.transport.stop())
  }

  /** The page goes, and the call waits for the next one. */
  leave() {
    this.transport.leave()
    if (this.callState.take("hungUp")) this.closing = this.#close(() => {})
  }

  async toggleMicrophone() {
    if (!this.microphone.there) return this.#addMicrophone()
    this.outgoing.gate.mute(!this.outgoing.gate.muted)
    this.audio.silence.over()
    this.recovery.save()
    this.delegate.callChanged()
  }

  interrupt() {
    if (!this.answering) return
    this.transport.uplink.interrupt()
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
  followMode() {
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
    const context = await this.#openSound(attempt, microphone)
    await this.closing
    if (!context || attempt !== this.attempt || !this.callState.active) return
    this.audio.begin(context)
    this.prepared = true
    this.transport.connected ? this.request() : this.transport.open()
  }

  /** @param {number} attempt @param {boolean} microphone */
  async #openSound(attempt, microphone) {
    // Without a touch, only a page that listens may be heard.
    const untouched = microphone && this.callState.goesOn
    if (untouched) await this.audio.ask()
    if (attempt !== this.attempt) return null
    const opening = this.audio.open()
    // Told of later, once the person has answered.
    opening.catch(() => {})
    if (microphone && !untouched) await this.audio.ask()
    return opening
  }

  /**
   * While the person is asked for the microphone, but not before the call before it has let go of its own.
   * @param {number} attempt
   */
  async #openLine(attempt) {
    await this.closing
    if (attempt === this.attempt && this.callState.active) this.transport.open()
  }

  /** Whoever wrote first, or talks on, is not greeted. */
  request() {
    if (this.transport.kept) return this.transport.resume()
    const { said } = this.recovery
    this.sessionRequest.start(!this.interrupted && said.length === 0 && this.outbox.all.length === 0, said)
  }

  /** In the middle of a call. */
  async #addMicrophone() {
    // Whoever presses wants to be heard, also where it is being asked for already.
    this.outgoing.gate.mute(false)
    await this.audio.addMicrophone()
    this.recovery.save()
    this.delegate.callChanged()
  }

  /** @param {() => void} last what to do once the last of the sound has gone up */
  async #close(last) {
    this.attempt++
    this.interrupted = false
    this.recovery.ended()
    this.connectionLoss.back(0)
    this.notices.callEnded()
    this.#giveBack()
    this.pushToTalk.key.drop()
    this.recovery.settle()
    this.delegate.soundClosed()
    await this.audio.close()
    this.keeper.end()
    last()
    this.delegate.callChanged()
  }

  /** @param {string} code @param {number} attempt */
  #failed(code, attempt) {
    if (attempt !== this.attempt) return
    this.notices.add({ code, fatal: true })
    this.#end(() => this.transport.stop())
  }

  #end(last = () => {}) {
    if (!this.callState.take("ended")) return
    this.recovery.savedCall.forget()
    this.closing = this.#close(last)
  }

  /** There is none any more. @param {string} code why */
  over(code) {
    this.#failed(code, this.attempt)
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
    if (this.prepared && this.callState.active) this.request()
  }

  /** @param {number} awayMs @param {boolean} kept */
  transportLost(awayMs, kept) {
    if (!this.callState.active) return
    this.recovery.lost(kept)
    this.connectionLoss.stillAway(awayMs)
  }

  /** Not reached, and tried again. @param {number} awayMs */
  transportRefused(awayMs) {
    if (this.callState.active) this.connectionLoss.stillAway(awayMs)
  }

  // Connection loss delegate

  awayForLong() {
    this.transport.uplink.dropSound()
    if (!this.audio.shut()) return
    this.outgoing.gate.mute(true)
    this.notices.add({ code: "microphone_shut" })
    this.recovery.save()
    this.delegate.callChanged()
  }

  callRequested() {
    this.recovery.requested()
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
    this.recovery.readied()
    this.interrupted = false
    this.keeper.begin(ready)
    this.delegate.callReadied(ready)
    this.sessionRequest.tell()
    this.followMode()
    this.startMicrophone(ready)
    this.notices.over("callReady")
    this.outbox.send()
    this.recovery.save()
  }

  /** @param {{chunk_ms: number}} ready */
  startMicrophone({ chunk_ms: chunkMs }) {
    this.microphone.start(this.preferences.values.chunk_ms || chunkMs)
  }

  callResumed = (/** @type {import("../wire.js").Resumed} */ resumed) => this.recovery.resumed(resumed)
  callGone = (/** @type {string} */ code) => this.recovery.gone(code)

  get talk() {
    return this.recovery.said
  }

  /** @param {number} ms */
  soundLeftOut(ms) {
    this.notices.add({ code: "sound_left_out", param: String(Math.ceil(ms / 1000)) })
  }

  /** @param {import("../wire.js").Renewed} renewed */
  callRenewed(renewed) {
    this.sessionRequest.renewed(renewed.why)
    this.recovery.renewed(renewed)
    this.recovery.save()
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

  /** @param {number} n */
  sentAcknowledged(n) {
    this.stats.chunksAcked = n
    this.recovery.savedCall.touch()
  }

  tripMeasured = (/** @type {number} */ ms) => this.stats.latencies.tripMeasured(ms)

  // Session request delegate

  modeChanged() {
    this.pushToTalk.key.drop()
    this.followMode()
    this.recovery.save()
    this.delegate.callChanged()
  }

  // Push-to-talk delegate

  get canTalk() {
    return this.callState.goesOn && this.isPushToTalk
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
    this.transport.uplink.interrupt()
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
