// One call after another: joins the state, the connection, the microphone and the loudspeaker, and tells the rest of
// the page what happened.

import { HalfDuplex } from "./half-duplex.js"
import { PlaybackReports } from "./playback-reports.js"
import { HeldVoice } from "./held-voice.js"
import { Incoming } from "./incoming.js"
import { ConnectionLoss } from "./connection-loss.js"
import { Opening } from "./opening.js"
import { Outbox } from "./outbox.js"
import { Outgoing } from "./outgoing.js"
import { PauseWatch } from "./pause-watch.js"
import { CallState } from "./call-state.js"
import { CallAudio } from "./call-audio.js"
import { PushToTalk } from "./push-to-talk.js"
import { Recovery } from "./recovery.js"
import { Transport } from "./transport.js"
import { ServerReports } from "./server-reports.js"
import { SessionRequest } from "./session-request.js"

/** Of the assistant, though nothing of it is heard yet. */
const ANSWERING = ["thinking", "tool"]

export class Call {
  callState = new CallState(this)
  halfDuplex = new HalfDuplex()
  heldVoice = new HeldVoice()
  opening = new Opening(this)
  reports = new ServerReports(this)
  pauses = new PauseWatch(this)
  /** The call was live before the connection was lost. */
  interrupted = false
  /** Why the server ended it, if it did. */
  endedBy = ""

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
    this.transport = new Transport(parts.connect, parts.ask, this.reports, parts.now)
    const { uplink, resumption } = this.transport
    this.outbox = new Outbox(uplink, this, parts.now, parts.drafts)
    this.sessionRequest = new SessionRequest(this.transport, parts.preferences, this)
    this.outgoing = new Outgoing(uplink, parts.stats, parts.notices)
    this.audio = new CallAudio(parts, new PlaybackReports(this.transport, parts, delegate), this)
    const { callState, outbox, outgoing, pauses, player, heldVoice } = this
    this.incoming = new Incoming({ ...parts, callState, outbox, outgoing, pauses, player, heldVoice }, delegate)
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

  /** Before the call is live: what is said is kept for it. */
  get heardEarly() {
    return this.callState.phase === "connecting" && this.outgoing.firstWords.open
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
    await this.opening.begin(microphone)
  }

  /** @param {boolean} [atOnce] the last of the sound is not waited for */
  stop(atOnce = false) {
    // Nothing more is said in a call that comes back just now.
    if (atOnce || this.callState.phase === "reconnecting") this.transport.stop()
    if (!this.callState.take("hungUp")) return
    this.recovery.forget()
    this.#close(() => this.transport.stop())
  }

  /** The page goes, and the call waits for the next one. */
  leave() {
    this.transport.leave()
    if (this.callState.take("hungUp")) this.#close()
  }

  async toggleMicrophone() {
    if (!this.microphone.there) return this.#addMicrophone()
    this.#mute(!this.outgoing.gate.muted)
    this.opening.listen()
    this.audio.silence.over()
    this.recovery.save()
    this.delegate.callChanged()
  }

  /** A key that is down or locked is let go. @param {boolean} muted */
  #mute(muted) {
    if (muted) this.pushToTalk.key.drop()
    this.outgoing.mute(muted)
  }

  interrupt() {
    if (!this.answering) return
    this.transport.uplink.interrupt()
    this.player.silence()
    this.delegate.callChanged()
  }

  /** @param {string} text @param {boolean} [microphone] where it begins a call, that is one by voice */
  say(text, microphone = false) {
    this.outbox.add(text)
    this.start({ microphone })
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

  /** In the middle of a call. */
  async #addMicrophone() {
    // Whoever presses wants to be heard, also where it is being asked for already.
    this.outgoing.mute(false)
    await this.audio.addMicrophone()
    this.recovery.save()
    this.delegate.callChanged()
  }

  /** @param {() => void} last what to do once the last of the sound has gone up */
  #close(last = () => {}) {
    this.opening.end(() => this.#letGo(last))
  }

  /** @param {() => void} last */
  async #letGo(last) {
    this.interrupted = false
    this.outgoing.firstWords.drop()
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

  /** There is none any more. @param {string} code why */
  over(code) {
    this.notices.add({ code, fatal: true })
    this.end(() => this.transport.stop())
  }

  /** The other side says so. @param {() => void} [last] */
  end(last) {
    if (!this.callState.take("ended")) return
    this.recovery.forget()
    this.#close(last)
  }

  outboxChanged() {
    this.recovery.textsChanged()
    this.delegate.outboxChanged()
  }

  picturesChanged = () => this.delegate.picturesChanged()

  textsSending = () => this.player.silence()

  // Call state delegate

  callStateChanged() {
    this.pauses.turnChanged(this.voiceHeard)
    this.delegate.callChanged()
  }

  // Connection loss delegate

  awayForLong() {
    this.transport.uplink.dropSound()
    this.outgoing.firstWords.drop()
    if (!this.audio.shut()) return
    this.#mute(true)
    this.notices.add({ code: "microphone_shut" })
    this.recovery.save()
    this.delegate.callChanged()
  }

  /** @param {{chunk_ms: number}} ready */
  startMicrophone({ chunk_ms: chunkMs }) {
    this.microphone.start(this.preferences.values.chunk_ms || chunkMs)
  }

  // Pause watch delegate

  pauseChanged = () => this.delegate.callChanged()

  get pausing() {
    return this.pauses.pausing
  }

  // Session request delegate

  get microphoneName() {
    return this.microphone.name
  }

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
    this.outgoing.mute(false)
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
    this.opening.listen()
    this.sessionRequest.tell()
    this.delegate.soundOpened()
    this.delegate.callChanged()
  }

  soundChanged = () => this.delegate.callChanged()

  /** @param {number} peak @param {number} ms */
  levelMeasured(peak, ms) {
    if (!this.muted) this.pauses.heard(peak, ms)
    this.delegate.levelMeasured(peak)
    if (this.heldVoice.hear(peak, ms, !this.outgoing.gate.shut)) this.transport.uplink.sendVoice()
  }

  soundRestarting() {
    this.transport.uplink.interrupt()
    this.player.silence()
  }

  /** @param {Int16Array} pcm */
  microphoneHeard(pcm) {
    const shut = this.halfDuplex.shut(this.player, this.audio.device, this.now())
    this.outgoing.gate.close(shut && this.preferences.values.half_duplex && !this.isPushToTalk)
    const sent = this.outgoing.take(pcm)
    this.opening.heard()
    if (sent) this.keeper.recorder?.soundSent(sent)
  }
}
