// A Socket.IO socket that is told by hand what comes.

import { EventEmitter } from "node:events"

const NUMBERED = new Set(["turn", "item", "transcript", "audio", "flush", "hold", "tool", "usage"])

export class Line {
  heard = new EventEmitter()
  /** The library's, which keeps the connection. */
  io = new EventEmitter()
  connected = false
  /** The page was frozen: its library, which has not heard the server for too long, keeps what is said from now on. */
  expired = false
  /** It says that before anything else on the next line. */
  sendBuffer = []
  said = []
  /** Of the latest event of the conversation. */
  number = 0

  on(event, listener) {
    this.heard.on(event, listener)
  }

  emit(...said) {
    if (said[0] === "start") this.number = 0
    const { said: heard, sendBuffer } = this
    const to = this.connected && !this.expired ? heard : sendBuffer
    to.push(said)
  }

  connect() {}

  /** Events of the conversation get their numbers here, where a test does not mean one: see `number`. */
  come(event, ...data) {
    if (event === "connect") this.#open()
    if (NUMBERED.has(event)) data[0] = ++this.number
    this.heard.emit(event, ...data)
  }

  #open() {
    this.connected = true
    this.expired = false
    this.said.push(...this.sendBuffer.splice(0))
  }

  /** As the library does: whoever is connected hears of it at once. */
  disconnect() {
    this.said.push(["disconnect"])
    if (!this.connected) return
    this.connected = false
    this.heard.emit("disconnect", "io client disconnect")
  }

  get events() {
    return this.said.map(([event]) => event)
  }
}
