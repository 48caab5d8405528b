// A Socket.IO socket that is told by hand what comes.

import { EventEmitter } from "node:events"

export class Line {
  heard = new EventEmitter()
  /** The library's, which keeps the connection. */
  io = new EventEmitter()
  connected = false
  said = []

  on(event, listener) {
    this.heard.on(event, listener)
  }

  emit(...said) {
    this.said.push(said)
  }

  connect() {}

  come(event, ...data) {
    if (event === "connect") this.connected = true
    this.heard.emit(event, ...data)
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
