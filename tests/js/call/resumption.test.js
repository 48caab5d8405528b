// A line that is lost in a call that is kept.

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { call, chunk, times } from "../support/transport.js"

const KEPT = { chunk_ms: 40, token: "t1", grace_s: 30 }
const RESUMED = { ...KEPT, token: "t2", why: "back", taken: 0, number: 0, again: false, missed: 0, heard: [] }

test("a call that is kept is asked for in place of a new one, with what came of it", () => {
  const { socket, transport, told } = call({ live: false })
  socket.tell("ready", KEPT)
  socket.tell("turn", 1, { state: "listening" })
  socket.tell("disconnect", "transport close")
  assert.deepEqual(told.at(-1), ["transportLost", 0, true])
  socket.tell("connect")
  transport.resume()
  const [, request] = socket.of("resume")[0]
  assert.deepEqual(request, { token: "t1", got: 1, page: transport.resumption.page })
  assert.equal(socket.of("start")[0][1].page, request.page)
  assert.match(request.page, /^[A-Za-z0-9_-]{16,64}$/)
  socket.tell("resumed", { ...RESUMED, number: 1 })
  assert.equal(told.at(-1)[0], "callResumed")
  socket.tell("turn", 2, { state: "user" })
  assert.deepEqual(transport.counts, { lateMs: 0, leftOutMs: 0, duplicates: 0, holes: 0 })
  socket.tell("disconnect", "transport close")
  socket.tell("connect")
  transport.resume()
  assert.deepEqual(socket.of("resume")[1][1], { token: "t2", got: 2, page: transport.resumption.page })
  transport.stop()
})

test("what comes twice is told once, and both that and what never came is counted", () => {
  const { socket, told, transport } = call()
  socket.tell("turn", 1, { state: "user" })
  socket.tell("turn", 1, { state: "user" })
  socket.tell("turn", 4, { state: "thinking" })
  assert.equal(told.filter(([name]) => name === "turnChanged").length, 2)
  assert.deepEqual([transport.counts.duplicates, transport.counts.holes], [1, 2])
})

test("what was said while the line was away goes up when it is back, in order, and what was taken only once", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { socket, transport } = call({ live: false })
  socket.tell("ready", KEPT)
  times(3, () => transport.uplink.sendSound(chunk()))
  socket.tell("disconnect", "transport close")
  transport.uplink.sendTalk(true)
  transport.uplink.sendSound(chunk())
  transport.uplink.interrupt()
  assert.equal(transport.live, true)
  socket.tell("connect")
  transport.resume()
  socket.sent.length = 0
  socket.tell("resumed", { ...RESUMED, taken: 2 })
  assert.deepEqual(
    socket.sent.map(([event, first]) => [event, first.n ?? first]),
    [["audio", 3], ["talk", 4], ["audio", 5], ["interrupt", 6]]
  )
  assert.equal(transport.counts.lateMs, 80)
  transport.stop()
  mock.timers.reset()
})

test("a server that acknowledges nothing for long has lost the line without a word: another is made", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { clock, socket, transport } = call({ live: false })
  let closed = 0
  socket.io.engine = { close: () => closed++ }
  socket.tell("ready", KEPT)
  transport.uplink.interrupt()
  for (let second = 0; second < 8; second++) {
    clock.ms += 1000
    mock.timers.tick(1000)
  }
  assert.equal(closed, 1)
  transport.stop()
  mock.timers.reset()
})

test("what is not needed any more is told once a second, and only where somebody keeps it", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  for (const terms of [KEPT, { chunk_ms: 40 }]) {
    const { socket, transport } = call({ live: false })
    socket.tell("ready", terms)
    for (let n = 1; n <= 5; n++) socket.tell("turn", n, { state: "user" })
    mock.timers.tick(1000)
    mock.timers.tick(5000)
    assert.deepEqual(socket.of("got"), terms === KEPT ? [["got", { n: 5 }]] : [])
    transport.stop()
  }
  mock.timers.reset()
})

test("a call that is elsewhere is asked for again, and at last given up", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { clock, socket, transport, told } = call({ live: false })
  socket.tell("ready", KEPT)
  socket.tell("disconnect", "transport close")
  socket.tell("connect")
  transport.resume()
  const elsewhere = { code: "call_elsewhere", message: "", retry: true, after_s: 2 }
  for (let asked = 1; asked <= 6; asked++) {
    socket.tell("not_resumed", elsewhere)
    clock.ms += 2000
    mock.timers.tick(2000)
    assert.equal(socket.of("resume").length, asked + 1)
  }
  socket.tell("not_resumed", elsewhere)
  assert.deepEqual(told.at(-1), ["callGone", "call_elsewhere"])
  assert.equal(transport.kept, false)
  transport.stop()
  mock.timers.reset()
})

test("hung up while it comes back, the line is let go at once", () => {
  const { socket, transport } = call({ live: false })
  let left = 0
  socket.tell("ready", KEPT)
  socket.tell("disconnect", "transport close")
  socket.disconnect = () => left++
  transport.stop()
  assert.deepEqual([left, transport.kept, transport.live], [1, false, false])
})
