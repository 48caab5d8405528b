// One call after another: joins the session, the connection, the microphone and the loudspeaker, and tells the rest of
// the page what happened.

import { Missing } from "../audio/device.js"
import { HalfDuplex } from "./half-duplex.js"
import { Hearing } from "./playback-reports.js"
import { Incoming } from "./incoming.js"
import { LineAway } from "./line-away.js"
import { Outbox } from "./outbox.js"
import { Outgoing } from "./outgoing.js"
import { Session } from "./call-state.js"
import { Sound } from "./call-audio.js"
import { Talk } from "./push-to-talk.js"
import { Transport } from "./transport.js"
import { Wishes } from "./session-request.js"

/** Why another session could not be had. */
const UNRENEWED = ["renewal_failed", "too_often", "bad_event"]
/** Of the assistant, though nothing of it is heard yet. */
const ANSWERING = ["thinking", "tool"]

export class Call {
  session = new Session(this)
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
    this.choices = parts.choices
    this.keeper = parts.keeper
    this.now = parts.now
    this.obstacle = parts.obstacle
    this.transport = new Transport(parts.connect, parts.ask, this, parts.now)
    this.outbox = new Outbox(this.transport, this)
    this.wishes = new Wishes(this.transport, parts.choices, this)
    this.outgoing = new Outgoing(this.transport, parts.stats, parts.notices)
    this.sound = new Sound(parts, new Hearing(this.transport, parts, delegate), this)
    this.player = this.sound.player
    this.incoming = new Incoming({ ...parts, session: this.session, outbox: this.outbox, outgoing: this.outgoing, player: this.player }, delegate)
    this.lineAway = new LineAway(parts.notices, this)
    this.talk = new Talk(this.transport, this.microphone, parts.now, this)
  }

  get microphone() {
    return this.sound.microphone
  }

  get asking() {
    return this.sound.asking
  }

  get muted() {
    return this.outgoing.gate.muted || !this.microphone.there
  }

  get speaking() {
    return this.session.live && (this.session.turn === "assistant" || this.player.busy)
  }

  /** There is something to be stopped: it speaks, or is about to. */
  get answering() {
    return this.speaking || (this.session.live && ANSWERING.includes(this.session.turn))
  }

  /** Of the session that goes on, whatever was chosen for another one. */
  get pushToTalk() {
    return (this.session.live ? this.wishes.mode : this.choices.values.mode) === "push_to_talk"
  }

  get talking() {
    return this.talk.key.down
  }

  /** To be called inside a click or a key press. @param {{microphone: boolean}} wishes */
  async start({ microphone }) {
    const obstacle = this.obstacle()
    if (obstacle) return this.#obstructed(obstacle)
    if (!this.session.take("call")) return
    this.delegate.callBegun()
    const attempt = ++this.attempt
    this.notices.callBegan()
    this.outgoing.reset(!microphone)
    this.#openLine(attempt)
    await this.#prepare(attempt, microphone).catch(error => this.#failed(error instanceof Missing ? "client_missing" : "unsupported", attempt))
  }

  stop() {
    if (!this.session.take("hungUp")) return
    this.closing = this.#close(() => this.transport.stop())
  }

  async toggleMicrophone() {
    if (!this.microphone.there) return this.#addMicrophone()
    this.outgoing.gate.mute(!this.outgoing.gate.muted)
    this.sound.silence.over()
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
    if (this.session.active) this.sound.shown()
  }

  /** In the middle of a call too. @param {keyof import("../models/preferences.js").Values} name */
  choiceChanged(name) {
    if (name === "mode") this.talk.key.drop()
    this.notices.over("changeAsked")
    this.sound.choiceChanged(name)
    this.wishes.choiceChanged(name)
  }

  /** The microphone as the session that goes on takes turns. */
  #followMode() {
    this.pushToTalk ? this.microphone.pause() : this.microphone.resume()
    this.sound.modeChanged()
  }

  /** @param {string} code */
  #obstructed(code) {
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
    this.microphone.paused = this.pushToTalk
    const opening = this.sound.open()
    // Told of below, once the person has answered.
    opening.catch(() => {})
    const stream = microphone ? await this.sound.ask() : null
    const context = await opening
    await this.closing
    if (attempt !== this.attempt || !this.session.active) return
    this.sound.begin(context, stream)
    this.prepared = true
    this.transport.connected ? this.#request() : this.transport.open()
  }

  /** While the person is asked for the microphone, but not before the call before it has let go of its own. @param {number} attempt */
  async #openLine(attempt) {
    await this.closing
    if (attempt === this.attempt && this.session.active) this.transport.open()
  }

  /** Whoever wrote first, or was in a call already, is not greeted. */
  #request() {
    this.wishes.start(!this.interrupted && this.outbox.all.length === 0)
  }

  /** In the middle of a call. */
  async #addMicrophone() {
    // Whoever presses wants to be heard, also where it is being asked for already.
    this.outgoing.gate.mute(false)
    await this.sound.addMicrophone()
    this.delegate.callChanged()
  }

  /** @param {() => void} last what to do once the last of the sound has gone up */
  async #close(last) {
    this.attempt++
    this.interrupted = false
    this.lineAway.back(0)
    this.notices.callEnded()
    this.#giveBack()
    this.talk.key.drop()
    this.#settle()
    this.delegate.soundClosed()
    await this.sound.close()
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
    if (this.session.take("ended")) this.closing = this.#close(last)
  }

  outboxChanged = () => this.delegate.outboxChanged()
  textsSending = () => this.player.silence()

  // Session delegate

  sessionChanged() {
    this.delegate.callChanged()
  }

  // Transport delegate

  /** @param {number} awayMs */
  transportConnected(awayMs) {
    this.lineAway.back(awayMs)
    this.notices.over("lineBack")
    if (this.prepared && this.session.active) this.#request()
  }

  transportLost() {
    if (!this.session.active) return
    this.interrupted ||= this.session.live
    this.talk.key.drop()
    this.session.take("lost")
    this.outbox.lost()
    this.microphone.chunkMs = 0
    this.player.silence()
    this.#settle()
    this.lineAway.stillAway(0)
  }

  /** Not reached; the library tries again. @param {number} awayMs */
  transportRefused(awayMs) {
    if (this.session.active) this.lineAway.stillAway(awayMs)
  }

  // Delegate of the line that is away

  awayForLong() {
    if (!this.microphone.there) return
    this.sound.letGo()
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

  /** @param {import("./wire.js").Trouble} error */
  callRefused(error) {
    if (!this.session.active) return
    this.notices.add({ ...error, fatal: true })
    this.#end()
  }

  /** @param {import("./wire.js").Ready} ready */
  callReadied(ready) {
    if (!this.session.take("readied")) return
    if (this.interrupted) this.notices.add({ code: "reconnected" })
    this.interrupted = false
    this.keeper.begin(ready)
    this.delegate.callReadied(ready)
    this.wishes.tell()
    this.#followMode()
    this.microphone.start(this.choices.values.chunk_ms || ready.chunk_ms)
    this.notices.over("callReady")
    this.outbox.send()
  }

  /** @param {import("./wire.js").Made} made */
  callRenewed(made) {
    this.wishes.renewed()
    this.delegate.callRenewed(made)
    this.delegate.callChanged()
  }

  limitsArrived = (/** @type {import("./wire.js").Limits} */ limits) => this.delegate.limitsArrived(limits)

  logArrived = (/** @type {import("./wire.js").LogLine} */ line) => this.delegate.logArrived(line)

  /** @param {import("./wire.js").Trouble} trouble */
  noticeArrived(trouble) {
    // Of a call that is over, whatever it is.
    if (!this.session.active) return
    this.outbox.noticed(trouble.code)
    if (UNRENEWED.includes(trouble.code)) this.wishes.notRenewed()
    this.notices.add(trouble)
  }

  /** @param {string} reason */
  callEnded(reason) {
    if (this.session.active && reason !== "stopped" && !this.notices.all.some(({ fatal }) => fatal)) this.notices.add({ code: reason, fatal: true })
    this.#end()
  }

  soundAcknowledged = (/** @type {number} */ n) => void (this.stats.chunksAcked = n)
  tripMeasured = (/** @type {number} */ ms) => this.stats.latencies.tripMeasured(ms)

  // Wishes delegate

  modeChanged() {
    this.talk.key.drop()
    this.#followMode()
    this.delegate.callChanged()
  }

  // Talk delegate

  get canTalk() {
    return this.session.live && this.pushToTalk
  }

  talkBeginning() {
    this.player.silence()
    this.outgoing.gate.mute(false)
    if (!this.microphone.there) this.#addMicrophone()
  }

  talkChanged = () => this.delegate.callChanged()

  // Sound delegate

  get soundWanted() {
    return this.session.active
  }

  /** It is the person's turn: what they say now should go up. */
  get awaitingVoice() {
    const theirs = this.pushToTalk ? this.talking : this.session.turn === "listening"
    return this.session.live && theirs && !this.outgoing.gate.shut && !this.player.busy
  }

  /** The server hears them. */
  get voiceHeard() {
    return this.session.turn === "user" && !this.pushToTalk
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
    const shut = this.halfDuplex.shut(this.player, this.sound.device, this.now())
    this.outgoing.gate.close(shut && this.choices.values.half_duplex && !this.pushToTalk)
    const sent = this.outgoing.take(pcm)
    if (sent) this.keeper.recorder?.soundSent(sent)
  }
}
