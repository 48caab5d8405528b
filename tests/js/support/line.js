// A Socket.IO socket that is told by hand what comes.

import { EventEmitter } from "node:events"

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

  on(event, listener) {
    this.heard.on(event, listener)
  }

  emit(...said) {
    (this.connected && !this.expired ? this.said : this.sendBuffer).push(said)
  }

  connect() {}

  come(event, ...data) {
    if (event === "connect") this.#open()
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
