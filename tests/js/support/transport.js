// A transport and its socket: tests are the server.

import { Transport } from "../../../voiceapp/static/js/call/transport.js"

/** A Socket.IO client socket: tests are the server. */
class FakeSocket {
  handlers = new Map()
  io = { on() {} }
  sent = []
  connected = false
  active = true

  on(event, handler) { this.handlers.set(event, handler) }
  emit(...message) { this.sent.push(message) }
  connect() { this.asked = (this.asked ?? 0) + 1 }
  disconnect() { this.connected = false }
  tell(event, ...data) {
    if (event === "connect") this.connected = true
    if (event === "disconnect") this.connected = false
    this.handlers.get(event)(...data)
  }
  of(event) { return this.sent.filter(([name]) => name === event) }
}

export function call({ live = true, trouble = null, reached = trouble !== null } = {}) {
  const told = []
  const delegate = new Proxy(
    {}, { get: (_, name) => name === "incoming" ? delegate : (...data) => told.push([name, ...data]) }
  )
  const socket = new FakeSocket()
  const clock = { ms: 0 }
  const transport = new Transport(() => socket, async () => ({ reached, trouble }), delegate, () => clock.ms)
  transport.open()
  socket.tell("connect")
  transport.start()
  if (live) socket.tell("ready", { chunk_ms: 40 })
  return { clock, socket, transport, told, names: () => told.map(([name]) => name) }
}

export const chunk = () => new Int16Array(960)
export const times = (count, action) => Array.from({ length: count }, action)
