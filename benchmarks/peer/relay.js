// The yardstick: the least a relay can be. Every message of a browser goes to the upstream as it is, and back.

import { WebSocket, WebSocketServer } from "ws"

const { PORT, UPSTREAM_URL, UPSTREAM_KEY } = process.env
const headers = { Authorization: `Bearer ${UPSTREAM_KEY}` }
const text = { binary: false }

function join(browser) {
  const upstream = new WebSocket(UPSTREAM_URL, { headers, perMessageDeflate: false })
  const early = []
  upstream.on("open", () => early.splice(0).forEach((data) => upstream.send(data, text)))
  browser.on("message", (data) => upstream.readyState === WebSocket.OPEN ? upstream.send(data, text) : early.push(data))
  upstream.on("message", (data) => browser.send(data, text))
  browser.on("close", () => upstream.terminate())
  upstream.on("close", () => browser.terminate())
  for (const side of [browser, upstream]) side.on("error", () => side.terminate())
}

new WebSocketServer({ port: Number(PORT), host: "127.0.0.1", perMessageDeflate: false }).on("connection", join)
