// One call after another: joins the session, the connection, the microphone and the loudspeaker, and tells the rest of
// the page what happened.

import { AudioDevice } from "./audio/device.js"
import { Microphone } from "./audio/microphone.js"
import { msOf } from "./audio/pcm.js"
import { Player } from "./audio/player.js"
import { Outgoing } from "./outgoing.js"
import { Session } from "./session.js"
import { Transport } from "./transport.js"

/**
 * @typedef {object} CallDelegate
 * @property {() => void} callChanged phase, turn, microphone
 * @property {() => void} soundOpened
 * @property {() => void} soundClosed
 * @property {() => void} captionMoved
 * @property {(line: import("./wire.js").LogLine) => void} logArrived
 * @property {(total: import("./wire.js").Tokens) => void} usageArrived
 */

/**
 * @typedef {object} Parts
 * @property {() => any} connect makes a Socket.IO socket that is not yet connected
 * @property {MediaDevices | undefined} devices
 * @property {import("./transcript.js").Transcript} transcript
 * @property {import("./caption-pace.js").CaptionPace} pace
 * @property {import("./notices.js").Notices} notices
 * @property {import("./stats.js").Stats} stats
 * @property {() => number} now milliseconds
 * @property {() => string | null} obstacle the code of what makes a call impossible here
 */

export class Call {
  session = new Session(this)
  asking = false
  /** The call was live before the connection was lost. */
  interrupted = false
  /** @type {string[]} texts typed before the call was live */
  unsent = []
  /** Which start() is the latest: an older one that is still waiting gives up. */
  attempt = 0
  prepared = false
  /** @type {Promise<void>} */
  closing = Promise.resolve()

  /**
   * @param {Parts} parts
   * @param {CallDelegate} delegate
   */
  constructor(parts, delegate) {
    this.delegate = delegate
    this.transcript = parts.transcript
    this.pace = parts.pace
    this.notices = parts.notices
    this.stats = parts.stats
    this.obstacle = parts.obstacle
    this.transport = new Transport(parts.connect, this)
    this.outgoing = new Outgoing(this.transport, parts.stats, parts.notices)
    this.device = new AudioDevice(this)
    this.microphone = new Microphone(parts.devices, this)
    this.player = new Player(this, this.device, parts.now)
  }

  get muted() {
    return this.outgoing.gate.muted || !this.microphone.there
  }

  get speaking() {
    return this.session.live && (this.session.turn === "assistant" || this.player.busy)
  }

  /** To be called inside a click or a key press. @param {{microphone: boolean}} wishes */
  async start({ microphone }) {
    const obstacle = this.obstacle()
    if (obstacle) return this.notices.add({ code: obstacle, fatal: true })
    if (!this.session.take("call")) return
    const attempt = ++this.attempt
    this.notices.clear()
    this.outgoing.reset(!microphone)
    await this.#prepare(attempt, microphone).catch(() => this.#failed("unsupported", attempt))
  }

  stop() {
    if (!this.session.take("hungUp")) return
    this.notices.dismiss("connection_lost")
    this.closing = this.#close(() => this.transport.stop())
  }

  async toggleMicrophone() {
    if (!this.microphone.there) return this.#addMicrophone(false)
    this.outgoing.gate.mute(!this.outgoing.gate.muted)
    this.delegate.callChanged()
  }

  interrupt() {
    if (!this.speaking) return
    this.transport.interrupt()
    this.player.silence()
    this.delegate.callChanged()
  }

  /** @param {string} text */
  say(text) {
    if (this.session.live) return void this.transport.sendText(text)
    this.unsent.push(text)
    this.start({ microphone: false })
  }

  /** @param {boolean} on */
  watch(on) {
    this.transport.watch(on)
  }

  pageShown() {
    this.device.resume()
  }

  /**
   * @param {number} attempt
   * @param {boolean} microphone
   */
  async #prepare(attempt, microphone) {
    this.prepared = false
    const opening = this.device.open()
    const stream = microphone ? await this.#askForMicrophone() : null
    const context = await opening
    await this.closing
    if (attempt !== this.attempt || !this.session.active) return stopStream(stream)
    this.#openSound(context, stream)
    this.prepared = true
    this.transport.connected ? this.transport.start() : this.transport.open()
  }

  /**
   * @param {AudioContext} context
   * @param {MediaStream | null} stream
   */
  #openSound(context, stream) {
    this.player.open(context)
    if (stream) this.microphone.open(context, stream)
    this.stats.deviceRate = context.sampleRate
    this.delegate.soundOpened()
    this.delegate.callChanged()
  }

  async #askForMicrophone() {
    this.asking = true
    this.delegate.callChanged()
    try {
      return await this.microphone.ask()
    } catch (error) {
      this.notices.add({ code: Microphone.codeFor(error) })
      return null
    } finally {
      this.asking = false
      this.delegate.callChanged()
    }
  }

  /** In the middle of a call: the person allowed it only now, or the device came back. @param {boolean} muted */
  async #addMicrophone(muted) {
    if (!this.session.active || this.asking) return
    const stream = await this.#askForMicrophone()
    const context = this.device.context
    if (!stream || !context || this.microphone.there) return stopStream(stream)
    this.outgoing.gate.mute(muted)
    this.microphone.open(context, stream)
    this.notices.dismiss("microphone_lost")
    this.delegate.soundOpened()
    this.delegate.callChanged()
  }

  /** @param {() => void} last what to do once the last of the sound has gone up */
  async #close(last) {
    this.attempt++
    this.interrupted = false
    this.unsent = []
    this.player.close()
    this.device.close()
    this.delegate.soundClosed()
    await this.microphone.close()
    last()
    this.delegate.callChanged()
  }

  /**
   * @param {string} code
   * @param {number} attempt
   */
  #failed(code, attempt) {
    if (attempt !== this.attempt) return
    this.notices.add({ code, fatal: true })
    this.#end()
  }

  #end() {
    if (this.session.take("ended")) this.closing = this.#close(() => {})
  }

  // Session delegate

  sessionChanged() {
    this.delegate.callChanged()
  }

  // Transport delegate

  transportConnected() {
    this.notices.dismiss("connection_lost")
    if (this.prepared && this.session.active) this.transport.start()
  }

  transportLost() {
    if (!this.session.active) return
    this.interrupted ||= this.session.live
    this.session.take("lost")
    this.microphone.chunkMs = 0
    this.player.silence()
    this.notices.add({ code: "connection_lost" })
  }

  /** Not reached; the library tries again. */
  transportRefused() {
    if (this.session.active) this.notices.add({ code: "connection_lost" })
  }

  /** The server will not have us; the library gives up. */
  transportFailed() {
    this.#failed("connection_lost", this.attempt)
  }

  callRequested() {
    this.transcript.begin()
    this.pace.reset()
    this.player.forget()
    this.stats.callBegan()
  }

  /** @param {import("./wire.js").Trouble} error */
  callRefused(error) {
    this.notices.add({ ...error, fatal: true })
    this.#end()
  }

  /** @param {import("./wire.js").Ready} ready */
  callReadied(ready) {
    if (!this.session.take("readied")) return
    if (this.interrupted) this.notices.add({ code: "reconnected" })
    this.interrupted = false
    this.microphone.start(ready.chunk_ms)
    this.notices.dismiss("engine_starting")
    this.unsent.splice(0).forEach(text => this.transport.sendText(text))
  }

  /** @param {import("./wire.js").TurnState} turn */
  turnChanged(turn) {
    this.session.turnTo(turn)
    this.outgoing.gate.turnChanged(turn)
    this.stats.turnChanged(turn)
    if (turn === "listening") this.#turnEnded()
  }

  #turnEnded() {
    this.pace.turnEnded()
    this.delegate.captionMoved()
  }

  /** @param {number} n @param {import("./wire.js").Place} place */
  itemPlaced(n, place) {
    this.transcript.place(n, place)
  }

  /** @param {number} n @param {import("./wire.js").Wording} wording */
  transcriptArrived(n, wording) {
    this.transcript.word(n, wording)
  }

  /** @param {string} item @param {string} base64 */
  soundArrived(item, base64) {
    if (!base64) return this.#soundCompleted(item)
    this.stats.chunksReceived++
    this.pace.soundArrived(item, msOf(this.player.append(item, base64)))
  }

  /** @param {string} item */
  #soundCompleted(item) {
    this.player.complete(item)
    this.pace.soundCompleted(item)
  }

  /** @param {string} item */
  flushAsked(item) {
    this.player.flush(item)
  }

  /** @param {import("./wire.js").Tokens} total */
  usageArrived(total) {
    this.delegate.usageArrived(total)
  }

  /** @param {import("./wire.js").LogLine} line */
  logArrived(line) {
    this.delegate.logArrived(line)
  }

  /** @param {import("./wire.js").Trouble} trouble */
  noticeArrived(trouble) {
    // Sound that was on its way when the call ended.
    if (trouble.code === "not_started" && !this.session.active) return
    this.notices.add(trouble)
  }

  /** @param {string} reason */
  callEnded(reason) {
    if (reason !== "stopped" && !this.notices.all.some(({ fatal }) => fatal)) this.notices.add({ code: reason, fatal: true })
    this.#end()
  }

  /** @param {number} n */
  soundAcknowledged(n) {
    this.stats.chunksAcked = n
  }

  // Microphone delegate

  /** @param {Int16Array} pcm */
  microphoneHeard(pcm) {
    this.outgoing.take(pcm)
  }

  /** Unplugged, or taken away by the system: once more with whatever is the default now. */
  microphoneLost() {
    this.microphone.release()
    this.notices.add({ code: "microphone_lost" })
    this.delegate.callChanged()
    this.#addMicrophone(this.outgoing.gate.muted)
  }

  // Device delegate

  deviceInterrupted() {
    if (this.session.active) this.device.resume()
  }

  // Player delegate

  playbackStarted() {
    this.stats.playbackStarted()
    this.delegate.captionMoved()
  }

  /**
   * @param {string} item
   * @param {number} playedMs
   * @param {number} heardMs
   * @param {number} rms
   */
  playbackMoved(item, playedMs, heardMs, rms) {
    this.stats.playbackMoved(item, playedMs, heardMs)
    this.stats.levelMeasured(rms)
    this.stats.outputLatencyMs = this.device.latencyMs
    this.pace.heard(item, heardMs)
    this.delegate.captionMoved()
  }

  /** @param {string} item @param {number} heardMs */
  playbackHeard(item, heardMs) {
    this.transport.sendHeard(item, heardMs)
  }

  /** @param {string} item */
  playbackEnded(item) {
    this.pace.ended(item)
    this.delegate.captionMoved()
    this.delegate.callChanged()
  }

  /** @param {string} item @param {number} heardMs */
  playbackFlushed(item, heardMs) {
    this.transport.sendFlushed(item, heardMs)
  }

  playbackUnderran() {
    this.stats.underruns++
  }
}

/** @param {MediaStream | null} stream */
function stopStream(stream) {
  stream?.getTracks().forEach(track => track.stop())
}
