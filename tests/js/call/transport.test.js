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

test("at most 1800 ms are unconfirmed", () => {
  const { socket, transport } = call()
  const sent = times(100, () => transport.uplink.sendSound(chunk())).filter(Boolean)
  assert.equal(sent.length, 45)
  socket.tell("ack", 5)
  assert.equal(times(10, () => transport.uplink.sendSound(chunk())).filter(Boolean).length, 5)
  assert.deepEqual(socket.of("audio").map(([, n]) => n), times(50, (_, i) => i + 1))
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

const accept = socket => socket.of("start").at(-1)[2]({ ok: true })
const asked = socket => socket.of("watch").map(([, fields]) => fields)

test("the log is asked for only while it is wanted, once the call is there, and again for each call", () => {
  const { socket, transport } = call()
  transport.watch(true)
  assert.deepEqual(asked(socket), [])
  accept(socket)
  socket.tell("log", { n: 7 })
  socket.tell("ended", { reason: "expired" })
  transport.start()
  accept(socket)
  transport.watch(false)
  assert.deepEqual(asked(socket), [
    { on: true, after: 0 }, { on: true, after: 7 }, { on: true, after: 0 }, { on: false, after: 0 }
  ])
})

test("of the log each line is taken once, none of the call before, and what is missing is asked for", () => {
  const { socket, transport, told } = call()
  const lines = () => told.filter(([name]) => name === "logArrived").map(([, { n }]) => n)
  accept(socket)
  transport.watch(true)
  for (const n of [3, 4, 3, 4, 5]) socket.tell("log", { n })
  transport.watch(false)
  transport.stop()
  socket.tell("log", { n: 6 })
  socket.tell("ended", { reason: "stopped" })
  assert.deepEqual(asked(socket).at(-1), { on: true, after: 6 }, "also if nobody looks")
  transport.start()
  socket.tell("log", { n: 7 })
  accept(socket)
  socket.tell("log", { n: 1 })
  assert.deepEqual(lines(), [3, 4, 5, 6, 1])
})

test("back in the call, the page asks for what it has not; of one that another process has, for all", () => {
  const { socket, transport } = call()
  accept(socket)
  transport.watch(true)
  socket.tell("log", { n: 9 })
  for (const why of ["back", "moved"]) {
    socket.tell("disconnect", "transport close")
    socket.tell("connect")
    transport.watch(true)
    transport.resume()
    socket.tell("resumed", { why, taken: 0, token: "t", grace_s: 9 })
  }
  assert.deepEqual(asked(socket).map(({ after }) => after), [0, 9, 0])
})

test("heard positions are whole milliseconds", () => {
  const { socket, transport } = call()
  transport.uplink.sendHeard("a", 12.6)
  transport.uplink.sendFlushed("a", 0)
  assert.deepEqual(socket.of("heard")[0][1], { item: "a", heard_ms: 13 })
  assert.deepEqual(socket.of("flushed")[0][1], { item: "a", heard_ms: 0, n: 1 })
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

test("what was heard goes up with the next sound, the latest of each item, and before whatever else is said", () => {
  const { socket, transport } = call()
  const from = socket.sent.length
  const said = () => socket.sent.slice(from).map(([event, data]) => event === "heard" ? `${data.item} ${data.heard_ms}` : event)
  transport.uplink.sendHeard("a1", 250)
  transport.uplink.sendHeard("a2", 40)
  transport.uplink.sendHeard("a1", 300)
  transport.uplink.sendGot(7)
  assert.deepEqual(said(), [])
  transport.uplink.sendSound(chunk())
  assert.deepEqual(said(), ["a1 300", "a2 40", "got", "audio"])
  transport.uplink.sendHeard("a2", 80)
  transport.uplink.sendFlushed("a2", 90)
  transport.uplink.sendHeard("a3", 10)
  transport.uplink.sendVoice()
  transport.uplink.sendHeard("a3", 20)
  transport.stop()
  assert.deepEqual(said().slice(4), ["a2 80", "flushed", "a3 10", "voice", "a3 20", "stop"])
})

test("what was heard is told before the page goes, and not of a call that the server has ended", () => {
  const { socket, transport } = call()
  transport.uplink.sendHeard("a1", 100)
  transport.leave()
  assert.equal(socket.of("heard").length, 1)
  const other = call()
  other.transport.uplink.sendHeard("a1", 100)
  other.socket.tell("ended", { reason: "expired" })
  assert.deepEqual(other.socket.of("heard"), [])
})

test("where no sound goes up, what was heard is told soon all the same; of a line that is lost it is not", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call()
  transport.uplink.sendHeard("a1", 250)
  mock.timers.tick(100)
  assert.deepEqual(socket.of("heard"), [["heard", { item: "a1", heard_ms: 250 }]])
  transport.uplink.sendHeard("a1", 500)
  socket.tell("disconnect", "transport close")
  mock.timers.tick(1000)
  assert.equal(socket.of("heard").length, 1)
  mock.timers.reset()
})
