// The connection of a call: when it is made, tried again, given up and let go.

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { call } from "../support/transport.js"

test("a line that is lost is tried again at once, one that the server has closed a little later", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket } = call()
  socket.tell("disconnect", "transport close")
  mock.timers.tick(0)
  assert.equal(socket.asked, 2)
  socket.tell("connect")
  socket.tell("disconnect", "io server disconnect")
  mock.timers.tick(400)
  assert.equal(socket.asked, 2)
  mock.timers.tick(200)
  assert.equal(socket.asked, 3)
  mock.timers.reset()
})

test("a line that is made and has yet to be answered is not asked for again", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  socket.tell("disconnect", "transport close")
  mock.timers.tick(0)
  const { asked } = socket
  socket.io.engine = { readyState: "open" }
  transport.line.open()
  transport.line.networkBack()
  mock.timers.tick(0)
  assert.equal(socket.asked, asked)
  socket.io.engine.readyState = "closed"
  transport.line.open()
  assert.equal(socket.asked, asked + 1)
  mock.timers.reset()
})

test("refused, it is tried less and less often, and at once again where the network is back", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.line.backoff.random = () => 0.5
  socket.tell("disconnect", "transport close")
  mock.timers.tick(0)
  const waited = []
  for (let tries = 0; tries < 6; tries++) {
    const { asked } = socket
    socket.tell("connect_error", new Error("websocket error"))
    let ms = 0
    for (; socket.asked === asked; ms += 100) mock.timers.tick(100)
    waited.push(ms)
  }
  assert.deepEqual(waited, [300, 600, 1200, 2400, 3000, 3000])
  const { asked } = socket
  socket.tell("connect_error", new Error("websocket error"))
  transport.line.networkBack()
  mock.timers.tick(0)
  assert.equal(socket.asked, asked + 1)
  mock.timers.reset()
})

test("a full house is told in words, and the page does not knock on", async () => {
  const busy = { code: "busy", after_s: 15 }
  const { socket, told } = call({ trouble: busy })
  socket.tell("disconnect", "transport close")
  socket.disconnect = () => { socket.left = true }
  socket.tell("connect_error", new Error("websocket error"))
  await new Promise(setImmediate)
  assert.deepEqual(told.at(-1), ["callRefused", busy])
  assert.ok(socket.left)
})

test("a server that is being restarted is knocked at again", async () => {
  const { socket, names } = call({ trouble: { code: "server_stopping" } })
  socket.tell("disconnect", "transport close")
  socket.tell("connect_error", new Error("websocket error"))
  await new Promise(setImmediate)
  assert.equal(names().at(-1), "transportRefused")
})

test("when the server goes away the page comes back in the time it was given", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport, names } = call()
  socket.disconnect = () => socket.tell("disconnect", "io client disconnect")
  const before = socket.asked
  socket.tell("going_away", { reconnect_in_ms: 400 })
  assert.equal(names().at(-1), "transportLost")
  context.mock.timers.tick(399)
  assert.equal(socket.asked, before)
  context.mock.timers.tick(1)
  assert.equal(socket.asked, before + 1)
  transport.stop()
})

/** Until what was asked meanwhile is answered. */
const answered = () => new Promise(setImmediate)

/** A line that is tried for a call and refused, again and again; tests say what is found out. */
function refused(admission) {
  const made = call({ reached: true })
  made.transport.line.refusals.ask = async () => admission.now
  made.socket.tell("ended", { reason: "stopped" })
  made.transport.stop()
  made.told.length = 0
  made.transport.line.refusals.opened = false
  made.transport.open()
  const refuse = async () => { made.socket.tell("connect_error", new Error("websocket error")); await answered() }
  return { ...made, refuse }
}

test("three sockets refused in a row while the server answers: they are stopped on the way, and it is not tried for ever", async () => {
  const admission = { now: { reached: true, trouble: null } }
  const { refuse, socket, names, told } = refused(admission)
  let left = 0
  socket.disconnect = () => left++
  await refuse()
  await refuse()
  assert.deepEqual(names(), ["transportRefused", "transportRefused"])
  await refuse()
  assert.deepEqual(told.at(-1), ["callRefused", { code: "no_websocket" }])
  assert.equal(left, 1)
})

test("where the server does not answer either, it is no matter of sockets", async () => {
  const admission = { now: { reached: true, trouble: null } }
  const { refuse, names } = refused(admission)
  await refuse()
  await refuse()
  admission.now = { reached: false, trouble: null }
  await refuse()
  admission.now = { reached: true, trouble: null }
  await refuse()
  assert.deepEqual(new Set(names()), new Set(["transportRefused"]))
})

test("a wrong place is told with what was compared, at once and once", async () => {
  const trouble = { code: "wrong_place", host: "localhost:8000", origin: "https://voice.example" }
  const { refuse, told } = refused({ now: { reached: true, trouble } })
  await refuse()
  await refuse()
  assert.deepEqual(told, [["callRefused", trouble]])
})

test("nobody is told of a line that is not wanted any more", async () => {
  const { socket, transport, told } = refused({ now: { reached: false, trouble: null } })
  socket.tell("connect_error", new Error("websocket error"))
  transport.stop()
  await answered()
  assert.deepEqual(told, [])
})

test("a line that stays away for three minutes is given up, whether it fails again or comes back then", async () => {
  for (const back of [false, true]) {
    const { clock, refuse, socket, told } = refused({ now: { reached: false, trouble: null } })
    await refuse()
    clock.ms += 180_001
    back ? socket.tell("connect") : await refuse()
    assert.deepEqual(told.at(-1), ["callRefused", { code: "connection_given_up" }])
  }
})

test("the line is let go when the call is over, a moment later, and not if another call begins before", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  for (const again of [false, true]) {
    const { socket, transport } = call()
    let left = 0
    socket.disconnect = () => left++
    socket.tell("ended", { reason: "idle" })
    assert.equal(left, 0)
    if (again) transport.open()
    context.mock.timers.tick(2000)
    assert.equal(left, again ? 0 : 1)
  }
})

test("a line that came before the call was asked for is let go with it, and so is one whose start was refused", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.stop()
  socket.tell("ended", { reason: "stopped" })
  context.mock.timers.tick(2000)
  let left = 0
  socket.disconnect = () => left++
  transport.open()
  socket.tell("connect")
  transport.stop()
  assert.equal(left, 1)
  transport.open()
  transport.start()
  socket.of("start").at(-1)[2]({ ok: false, error: { code: "busy" } })
  context.mock.timers.tick(2000)
  assert.equal(left, 2)
})

test("a line without a call is not made again, whoever closed it", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  for (const reason of ["transport close", "io server disconnect", "ping timeout"]) {
    const { socket, names } = call()
    socket.tell("ended", { reason: "idle" })
    const before = socket.asked
    socket.tell("going_away", { reconnect_in_ms: 100 })
    socket.tell("disconnect", reason)
    context.mock.timers.tick(5000)
    assert.equal(socket.asked, before)
    assert.ok(!names().includes("transportLost"))
  }
})
