// How a voice sounds: a short call of its own, in which the assistant is greeted and answers. Its microphone is shut.

import { decode } from "./base64.js"
import { SAMPLE_RATE } from "./pcm.js"

/** Whoever talks on and on is heard for so long. */
const LONGEST_MS = 9000

export class VoiceSample {
  /** @type {any} */
  socket = null
  /** @type {AudioContext | null} */
  context = null
  /** When the sound that came so far ends, in the context's seconds. */
  end = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {() => any} connect makes a Socket.IO socket that is not yet connected
   * @param {{sampleChanged: () => void, sampleFailed: (trouble: import("../wire.js").Trouble) => void}} delegate
   */
  constructor(connect, delegate) {
    this.connect = connect
    this.delegate = delegate
  }

  get playing() {
    return this.socket !== null
  }

  /** To be called inside a click. @param {import("../transport.js").Session} session @param {string} greeting */
  play(session, greeting) {
    this.stop()
    this.context = new AudioContext({ sampleRate: SAMPLE_RATE })
    this.end = 0
    const socket = this.socket = this.connect()
    socket.on("connect", () => socket.emit("start", { ...session, turn: { mode: "push_to_talk" }, greet: false }, (/** @type {any} */ answer) => { if (!answer.ok) this.#fail(answer.error) }))
    socket.on("connect_error", () => this.#fail({ code: "connection_lost" }))
    socket.on("ready", () => socket.emit("text", { text: greeting }))
    socket.on("audio", (/** @type {number} */ _, /** @type {string} */ __, /** @type {string} */ base64) => base64 ? this.#append(decode(base64)) : this.#stopAtEnd())
    socket.on("notice", (/** @type {import("../wire.js").Trouble} */ trouble) => { if (trouble.fatal) this.#fail(trouble) })
    socket.connect()
    this.delegate.sampleChanged()
  }

  stop() {
    clearTimeout(this.timer)
    if (this.socket?.connected) this.socket.emit("stop", {})
    this.socket?.disconnect()
    this.context?.close()
    this.socket = this.context = null
    this.delegate.sampleChanged()
  }

  /** @param {Int16Array} pcm */
  #append(pcm) {
    const { context } = this
    if (!context || pcm.length === 0 || this.end * 1000 > LONGEST_MS) return
    const buffer = context.createBuffer(1, pcm.length, SAMPLE_RATE)
    buffer.copyToChannel(Float32Array.from(pcm, sample => sample / 32768), 0)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(context.destination)
    source.start(this.end = Math.max(this.end, context.currentTime + 0.05))
    this.end += buffer.duration
  }

  #stopAtEnd() {
    const left = Math.max(0, this.end - (this.context?.currentTime ?? 0))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stop(), 1000 * left + 200)
  }

  /** @param {import("../wire.js").Trouble} trouble */
  #fail(trouble) {
    if (!this.playing) return
    this.stop()
    this.delegate.sampleFailed(trouble)
  }
}
