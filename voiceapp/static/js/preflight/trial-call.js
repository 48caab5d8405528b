// A call that is over as soon as it is ready: whether the engine or the speech service would take one. On a socket of
// its own, so that the real call meets nothing of it.

import { Refusals } from "../call/admission.js"

const SILENT_MS = 30_000
const STOP_MS = 2000

/** @typedef {import("../wire.js").Trouble} Trouble */

export class TrialCall {
  /** @type {any} */
  socket = null
  started = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** @type {(trouble: Trouble | null) => void} */
  settle = () => {}
  /** @type {() => void} */
  endArrived = () => {}
  /** @type {Promise<void> | null} */
  stopped = null
  refusals

  /**
   * @param {() => any} connect makes a Socket.IO socket that is not yet connected
   * @param {() => Promise<import("../call/admission.js").Admission>} ask why a connection may have been refused
   * @param {object} request as `start` carries them
   * @param {(trouble: Trouble) => void} progressed the engine is being loaded
   */
  constructor(connect, ask, request, progressed) {
    this.connect = connect
    this.refusals = new Refusals(ask)
    this.request = request
    this.progressed = progressed
  }

  /** Null where a call would be taken, else why not. @returns {Promise<Trouble | null>} */
  async run() {
    const trouble = await new Promise(resolve => {
      this.settle = resolve
      this.socket = this.#listen(this.connect())
      this.#waitOn()
      this.socket.connect()
    })
    await this.stop()
    return trouble
  }

  /** Leaves no call behind; whoever waits for run() is let go. @returns {Promise<void>} */
  stop() {
    return this.stopped ??= this.#stop()
  }

  async #stop() {
    clearTimeout(this.timer)
    this.settle(null)
    const { socket, started } = this
    if (!socket) return
    if (started && socket.connected) await this.#askForEnd(socket)
    // One that is still on its way is not wanted any more: no call was asked for on it.
    socket.disconnect()
  }

  /** @param {any} socket @returns {Promise<void>} */
  #askForEnd(socket) {
    return new Promise(resolve => {
      this.endArrived = resolve
      setTimeout(resolve, STOP_MS)
      socket.emit("stop", {})
    })
  }

  /** @param {any} socket */
  #listen(socket) {
    socket.on("connect", () => this.stopped ? socket.disconnect() : this.#start())
    socket.on("connect_error", () => this.#refused(socket))
    socket.on("disconnect", () => this.settle({ code: "connection_lost" }))
    socket.on("ready", () => this.settle(null))
    socket.on("notice", (/** @type {Trouble} */ trouble) => this.#noticed(trouble))
    socket.on("ended", (/** @type {{reason: string}} */ { reason }) => this.#ended(reason))
    return socket
  }

  #start() {
    this.started = true
    this.#waitOn()
    this.socket.emit(
      "start", this.request, (/** @type {{ok: boolean, error?: Trouble}} */ answer) => this.#answered(answer)
    )
  }

  /** @param {{ok: boolean, error?: Trouble}} answer */
  #answered(answer) {
    if (answer.ok) return
    this.started = false
    this.settle(answer.error ?? { code: "internal" })
  }

  /** Where the server itself answers, the line is tried again. @param {any} socket */
  async #refused(socket) {
    const { reached, trouble } = await this.refusals.judge()
    if (reached && !trouble && socket.active) return
    this.settle(trouble ?? { code: "connection_lost" })
  }

  /** @param {Trouble} trouble */
  #noticed(trouble) {
    this.#waitOn()
    if (trouble.fatal) this.settle(trouble)
    else if (trouble.code === "engine_starting") this.progressed(trouble)
    // The server knows how long it waits for it, and says so when it gives up.
    else if (trouble.code === "upstream_starting") clearTimeout(this.timer)
  }

  /** @param {string} reason */
  #ended(reason) {
    this.started = false
    this.endArrived()
    this.settle({ code: reason })
  }

  /** From now on once more: as long as something comes, it is worth waiting. */
  #waitOn() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.settle({ code: "upstream_stalled" }), SILENT_MS)
  }
}
