// How a voice sounds: a short call of its own, in which the assistant is greeted and answers. Its microphone is shut.

import { Refusals } from "./admission.js"
import { decode } from "../audio/base64.js"
import { SAMPLE_RATE } from "../audio/pcm.js"

/** Whoever talks on and on is heard for so long. */
const LONGEST_S = 9
const SILENT_MS = 30_000

/** @typedef {import("../wire.js").Trouble} Trouble */

export class VoiceSample {
  /** The call, until all of the sound is there. @type {any} */
  socket = null
  /** Until all of it was heard. @type {AudioContext | null} */
  context = null
  /** When the sound that came so far begins and ends, in the context's seconds. @type {number | null} */
  begin = null
  end = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {() => any} connect makes a Socket.IO socket that is not yet connected
   * @param {() => Promise<import("./admission.js").Admission>} ask why a connection may have been refused
   * @param {{sampleChanged: () => void, sampleFailed: (trouble: Trouble) => void}} delegate
   */
  constructor(connect, ask, delegate) {
    this.connect = connect
    this.refusals = new Refusals(ask)
    this.delegate = delegate
  }

  get playing() {
    return this.context !== null
  }

  /** To be called inside a click. @param {import("./transport.js").SessionFields} fields @param {string} greeting */
  play(fields, greeting) {
    this.stop()
    this.context = new AudioContext({ sampleRate: SAMPLE_RATE })
    // An iPhone wants it inside the tap.
    this.context.resume().catch(() => {})
    this.begin = null
    this.end = 0
    this.socket = this.#listen(this.connect(), fields, greeting)
    this.#waitOn()
    this.socket.connect()
    this.delegate.sampleChanged()
  }

  stop() {
    if (!this.playing) return
    clearTimeout(this.timer)
    this.#hangUp()
    this.context?.close()
    this.context = null
    this.delegate.sampleChanged()
  }

  /** @param {any} socket @param {import("./transport.js").SessionFields} fields @param {string} greeting */
  #listen(socket, fields, greeting) {
    const request = { ...fields, turn: { mode: "push_to_talk" }, greet: false }
    socket.on("connect", () => socket.emit(
      "start", request, (/** @type {any} */ answer) => { if (!answer.ok) this.#fail(socket, answer.error) }
    ))
    socket.on("connect_error", () => this.#refused(socket))
    // Else it would come back by itself, and another sample would be paid for.
    socket.on("disconnect", () => this.#fail(socket, { code: "sample_lost" }))
    socket.on("ready", () => { this.#waitOn(); socket.emit("text", { text: greeting }) })
    socket.on(
      "audio",
      (/** @type {number} */ _, /** @type {string} */ __, /** @type {string} */ base64) => this.#heard(socket, base64)
    )
    socket.on(
      "notice", (/** @type {Trouble} */ trouble) => trouble.fatal ? this.#fail(socket, trouble) : this.#waitOn()
    )
    socket.on("ended", () => this.#complete(socket))
    return socket
  }

  /** @param {any} socket @param {string} base64 empty: there is no more of it */
  #heard(socket, base64) {
    if (socket !== this.socket) return
    this.#waitOn()
    if (base64) this.#append(decode(base64))
    if (!base64 || this.end - (this.begin ?? this.end) > LONGEST_S) this.#complete(socket)
  }

  /** @param {Int16Array} pcm */
  #append(pcm) {
    const { context } = this
    if (!context || pcm.length === 0) return
    const buffer = context.createBuffer(1, pcm.length, SAMPLE_RATE)
    buffer.copyToChannel(Float32Array.from(pcm, sample => sample / 32768), 0)
    const source = new AudioBufferSourceNode(context, { buffer })
    const at = Math.max(this.end, context.currentTime + 0.05)
    source.connect(context.destination)
    source.start(at)
    this.begin ??= at
    this.end = at + buffer.duration
  }

  /** No more of it comes, or is wanted: the call is over, and the rest of the sound is heard. @param {any} socket */
  #complete(socket) {
    if (socket !== this.socket) return
    this.#hangUp()
    const left = Math.max(0, this.end - (this.context?.currentTime ?? 0))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stop(), 1000 * left + 200)
  }

  /** Forgotten first: what it still says is not about this sample. */
  #hangUp() {
    const { socket } = this
    this.socket = null
    if (socket?.connected) socket.emit("stop", {})
    socket?.disconnect()
  }

  /** Where the server itself answers, the line is tried again. @param {any} socket */
  async #refused(socket) {
    const { reached, trouble } = await this.refusals.judge()
    if (reached && !trouble && socket.active) return
    socket.disconnect()
    this.#fail(socket, trouble ?? { code: "server_away" })
  }

  /** @param {any} socket @param {Trouble} trouble */
  #fail(socket, trouble) {
    if (socket !== this.socket) return
    this.stop()
    this.delegate.sampleFailed(trouble)
  }

  /** From now on once more: as long as something comes, it is worth waiting. */
  #waitOn() {
    const { socket } = this
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#fail(socket, { code: "upstream_stalled" }), SILENT_MS)
  }
}
