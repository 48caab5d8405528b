import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { call, chunk, times } from "../support/transport.js"

test("chunks are numbered from one", () => {
  const { socket, transport } = call()
  times(3, () => transport.uplink.sendSound(chunk()))
  assert.deepEqual(socket.of("audio").map(([, n]) => n), [1, 2, 3])
  assert.equal(Buffer.from(socket.of("audio")[0][2], "base64").length, 1920)
})

test("nothing is sent before the call is live, while it is disconnected, or after it ended", () => {
  const { socket, transport } = call({ live: false })
  assert.equal(transport.uplink.sendSound(chunk()), false)
  socket.tell("ready", {})
  socket.tell("disconnect", "transport close")
  assert.equal(transport.uplink.sendSound(chunk()), false)
  socket.tell("connect")
  assert.equal(transport.uplink.sendSound(chunk()), false)
  transport.start()
  socket.tell("ready", {})
  socket.tell("ended", { reason: "expired" })
  assert.equal(transport.uplink.sendSound(chunk()), false)
  assert.equal(transport.uplink.sendHeard("a", 1), false)
  assert.equal(socket.of("audio").length, 0)
})

test("at most 1500 ms are unconfirmed", () => {
  const { socket, transport } = call()
  const sent = times(100, () => transport.uplink.sendSound(chunk())).filter(Boolean)
  assert.equal(sent.length, 37)
  socket.tell("ack", 5)
  assert.equal(times(10, () => transport.uplink.sendSound(chunk())).filter(Boolean).length, 5)
  assert.deepEqual(socket.of("audio").map(([, n]) => n), times(42, (_, i) => i + 1))
})

test("dropped chunks take no number, so an ack always frees the line", () => {
  const { socket, transport } = call()
  let acked = 0
  for (let round = 0; round < 20; round++) {
    times(60, () => transport.uplink.sendSound(chunk()))
    acked = socket.of("audio").at(-1)[1]
    socket.tell("ack", acked)
  }
  assert.deepEqual(socket.of("audio").map(([, n]) => n), times(acked, (_, i) => i + 1))
  assert.equal(transport.uplink.log.sentMs, 0)
})

test("a round trip is measured by what flows anyway: the call's start, and a chunk from its sending to its own ack", () => {
  const { clock, socket, transport, told } = call()
  const trips = () => told.filter(([name]) => name === "tripMeasured").map(([, ms]) => ms)
  clock.ms = 70
  socket.of("start")[0][2]({ ok: true })
  for (clock.ms = 1000; clock.ms < 1200; clock.ms += 40) transport.uplink.sendSound(chunk())
  clock.ms = 1195
  socket.tell("ack", 5)
  socket.tell("ack", 99)
  assert.deepEqual(trips(), [70, 35])
})

test("a new call numbers from one again, with nothing in flight", () => {
  const { socket, transport } = call()
  times(50, () => transport.uplink.sendSound(chunk()))
  socket.tell("disconnect", "ping timeout")
  socket.tell("connect")
  transport.start()
  socket.tell("ready", {})
  transport.uplink.sendSound(chunk())
  assert.equal(socket.of("audio").at(-1)[1], 1)
})

test("what arrives between stop and ended belongs to no one, and a new start waits for it", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport, told } = call()
  transport.stop()
  transport.start()
  told.length = 0
  socket.tell("turn", 9, { state: "assistant" })
  socket.tell("notice", { code: "not_started" })
  assert.equal(told.length, 0)
  assert.equal(socket.of("start").length, 1)
  socket.tell("ended", { reason: "stopped" })
  assert.equal(socket.of("start").length, 2)
  mock.timers.reset()
})

test("a server that never says ended holds no one up for long", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.stop()
  transport.start()
  mock.timers.tick(2500)
  assert.equal(socket.of("start").length, 2)
  mock.timers.reset()
})

test("a refused start is told with its error", () => {
  const { socket, told } = call({ live: false })
  socket.of("start")[0][2]({ ok: false, error: { code: "bad_event", message: "no" } })
  assert.deepEqual(told.at(-1), ["callRefused", { code: "bad_event", message: "no" }])
})

test("the log is asked for only while it is wanted, and again for each call", () => {
  const { socket, transport } = call()
  assert.equal(socket.of("watch").length, 0)
  transport.watch(true)
  socket.tell("ended", { reason: "expired" })
  transport.start()
  transport.watch(false)
  assert.deepEqual(socket.of("watch").map(([, { on }]) => on), [true, true, false])
})

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

test("refused, it is tried less and less often, and at once again where the network is back", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.backoff.random = () => 0.5
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
  transport.networkBack()
  mock.timers.tick(0)
  assert.equal(socket.asked, asked + 1)
  mock.timers.reset()
})

test("heard positions are whole milliseconds", () => {
  const { socket, transport } = call()
  transport.uplink.sendHeard("a", 12.6)
  transport.uplink.sendFlushed("a", 0)
  assert.deepEqual(socket.of("heard")[0][1], { item: "a", heard_ms: 13 })
  assert.deepEqual(socket.of("flushed")[0][1], { item: "a", heard_ms: 0, n: 1 })
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
  made.transport.refusals.ask = async () => admission.now
  made.socket.tell("ended", { reason: "stopped" })
  made.transport.stop()
  made.told.length = 0
  made.transport.refusals.opened = false
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

test("hung up, the line is let go a moment after the server has said so, or where it says nothing", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  for (const says of [false, true]) {
    const { socket, transport } = call()
    let left = 0
    socket.disconnect = () => left++
    transport.stop()
    assert.equal(left, 0)
    if (says) socket.tell("ended", { reason: "stopped" })
    context.mock.timers.tick(2500)
    assert.equal(left, 1)
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

test("whoever has hung up hears a moment longer what the call cost, and calls again over the same line", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  let left = 0
  socket.disconnect = () => left++
  transport.stop()
  socket.tell("ended", { reason: "stopped" })
  // The server is told by the upstream within a second (docs/wire.md).
  context.mock.timers.tick(1100)
  assert.equal(left, 0)
  transport.open()
  transport.start()
  context.mock.timers.tick(5000)
  assert.equal(left, 0)
  assert.equal(socket.of("start").length, 2)
  transport.stop()
  socket.tell("ended", { reason: "stopped" })
  context.mock.timers.tick(2000)
  assert.equal(left, 1)
})

test("an end that was waited for before ends no later wait", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.stop()
  socket.tell("ended", { reason: "stopped" })
  transport.open()
  transport.start()
  context.mock.timers.tick(1900)
  transport.stop()
  transport.start()
  context.mock.timers.tick(200)
  assert.equal(socket.of("start").length, 2)
  socket.tell("ended", { reason: "stopped" })
  assert.equal(socket.of("start").length, 3)
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

test("what a call cost is heard also after one has hung up", () => {
  const { socket, transport, told } = call()
  transport.stop()
  socket.tell("turn", 1, { state: "listening" })
  socket.tell("usage", 2, { estimated: true })
  socket.tell("ended", { reason: "stopped" })
  socket.tell("usage", 3, { estimated: false })
  assert.deepEqual(
    told.filter(([name]) => name === "turnChanged" || name === "usageArrived"),
    [["usageArrived", { estimated: true }], ["usageArrived", { estimated: false }]]
  )
})
