// A page that slept, with its computer or by itself, was away since the server was last heard.

import assert from "node:assert/strict"
import { test } from "node:test"
import { Elapsed } from "../../../voiceapp/static/js/call/elapsed.js"
import { Transport } from "../../../voiceapp/static/js/call/transport.js"
import { Line } from "../support/line.js"

function call() {
  const told = []
  const delegate = new Proxy({}, { get: (_, name) => (...data) => told.push([name, ...data]) })
  const line = new Line()
  const clock = { ms: 0 }
  const transport = new Transport(() => line, async () => ({ reached: true, trouble: null }), delegate, () => clock.ms)
  const lose = reason => { line.connected = false; line.come("disconnect", reason) }
  transport.open()
  line.come("connect")
  transport.start()
  line.come("ready", { chunk_ms: 40 })
  return { clock, line, told, lose, ping: () => line.io.emit("ping") }
}

test("a line that is lost because the page slept was away since the server was last heard", () => {
  const { clock, line, told, lose, ping } = call()
  for (const ms of [10_000, 20_000]) {
    clock.ms = ms
    ping()
  }
  clock.ms = 420_000
  // What the server had asked meanwhile comes first.
  ping()
  lose("ping timeout")
  assert.deepEqual(told.findLast(([name]) => name === "transportLost"), ["transportLost", 400_000, false])
  line.come("connect")
  assert.equal(told.at(-1)[1].code, "connection_given_up")
})

test("a computer that slept for less is told to those who decide whether to listen", () => {
  const { clock, line, told, lose, ping } = call()
  ping()
  clock.ms = 60_000
  lose("transport close")
  clock.ms = 60_300
  line.come("connect")
  assert.deepEqual(told.slice(-2), [["transportLost", 60_000, false], ["transportConnected", 60_300]])
})

test("a loss that the library finds in its own time begins then, and a clock that was set is no loss", () => {
  const { clock, line, told, lose, ping } = call()
  ping()
  clock.ms = 20_500
  lose("ping timeout")
  assert.deepEqual(told.at(-1), ["transportLost", 0, false])
  line.come("connect")
  clock.ms += 3_600_000
  ping()
  ping()
  lose("transport close")
  assert.deepEqual(told.at(-1), ["transportLost", 0, false])
})

test("of two clocks the one by which it is longer ago counts, until it is restarted", () => {
  const clock = { page: 0, wall: 0 }
  const elapsed = new Elapsed(() => clock.page, () => clock.wall)
  Object.assign(clock, { page: 5, wall: 3 })
  assert.equal(elapsed.ms, 5)
  Object.assign(clock, { page: 6, wall: 900 })
  assert.equal(elapsed.ms, 900)
  elapsed.restart()
  assert.equal(elapsed.ms, 0)
  clock.wall = -50
  assert.equal(elapsed.ms, 0)
})
