import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { decode, encode } from "../../../voiceapp/static/js/audio/base64.js"
import { Player } from "../../../voiceapp/static/js/audio/player.js"

function player(latencyMs = 40) {
  const clock = { ms: 1000 }
  const told = []
  const delegate = new Proxy({}, { get: (_, name) => (...data) => told.push([name, ...data]) })
  const made = new Player(delegate, { latencyMs }, () => clock.ms, delegate)
  const sent = []
  const node = { port: { postMessage: message => sent.push(message) }, disconnect() {} }
  made.attach(node)
  return {
    player: made, sent, clock, of: name => told.filter(([what]) => what === name),
    report: data => node.port.onmessage({ data })
  }
}

const SOUND = encode(new Int16Array(480).fill(5))

test("base64 goes there and back", () => {
  const pcm = Int16Array.from([0, 1, -1, 32767, -32768])
  assert.equal(encode(pcm), Buffer.from(pcm.buffer).toString("base64"))
  assert.deepEqual(decode(encode(pcm)), pcm)
})

test("what the device still holds is not heard yet", () => {
  const { report, of } = player(40)
  report({ type: "position", item: "a", ms: 30, rms: 0 })
  report({ type: "position", item: "a", ms: 100, rms: 0 })
  assert.deepEqual(of("playbackMoved").map(([, , played, heard]) => [played, heard]), [[30, 0], [100, 60]])
})

test("heard is told four times a second", () => {
  const { report, of, clock } = player(0)
  for (let ms = 50; ms <= 1000; ms += 50) {
    clock.ms += 50
    report({ type: "position", item: "a", ms, rms: 0 })
  }
  assert.equal(of("playbackHeard").length, 4)
})

test("a flush is answered once, with what was heard", () => {
  const { player: made, report, of, sent } = player(40)
  made.append("a", SOUND)
  report({ type: "position", item: "a", ms: 500, rms: 0 })
  made.flush("a")
  assert.deepEqual(sent.at(-1), { type: "flush", item: "a" })
  report({ type: "flushed", item: "a", ms: 520 })
  report({ type: "flushed", item: "a", ms: 520 })
  assert.deepEqual(of("playbackFlushed"), [["playbackFlushed", "a", 480]])
})

test("a device that does not run answers all the same", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { player: made, of } = player()
  made.append("a", SOUND)
  made.flush("a")
  mock.timers.tick(300)
  assert.deepEqual(of("playbackFlushed"), [["playbackFlushed", "a", 0]])
  mock.timers.reset()
})

test("late sound of a flushed item is refused", () => {
  const { player: made, sent } = player()
  made.append("a", SOUND)
  made.flush("a")
  assert.equal(made.append("a", SOUND), 0)
  assert.equal(sent.filter(({ type }) => type === "append").length, 1)
})

test("silenced by hand, the server is answered only when it asks", () => {
  const { player: made, report, of } = player(0)
  made.append("a", SOUND)
  assert.ok(made.busy)
  made.silence()
  assert.ok(!made.busy)
  report({ type: "flushed", item: "a", ms: 10 })
  assert.equal(of("playbackFlushed").length, 0)
  made.flush("a")
  report({ type: "flushed", item: "a", ms: 10 })
  assert.deepEqual(of("playbackFlushed"), [["playbackFlushed", "a", 10]])
})

test("the end is heard once the device has played it", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { player: made, report, of } = player(40)
  made.append("a", SOUND)
  report({ type: "ended", item: "a", ms: 20 })
  assert.equal(of("playbackEnded").length, 0)
  mock.timers.tick(41)
  assert.deepEqual(of("playbackHeard"), [["playbackHeard", "a", 20]])
  assert.equal(of("playbackEnded").length, 1)
  mock.timers.reset()
})

test("held, all that the device had is heard, and told", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { player: made, report, of, clock } = player(40)
  made.append("a", SOUND)
  made.hold()
  report({ type: "held", item: "a", ms: 500 })
  clock.ms += 40
  mock.timers.tick(41)
  assert.deepEqual(of("playbackHeard"), [["playbackHeard", "a", 500]])
  made.flush("a")
  // Cut and let go in one: nothing more of it was played.
  made.goOn()
  report({ type: "flushed", item: "a", ms: 500 })
  assert.deepEqual(of("playbackFlushed"), [["playbackFlushed", "a", 500]])
  mock.timers.reset()
})

test("what goes on is heard behind the device again", () => {
  const { player: made, report, of } = player(40)
  made.append("a", SOUND)
  made.hold()
  report({ type: "held", item: "a", ms: 500 })
  made.goOn()
  report({ type: "position", item: "a", ms: 600, rms: 0 })
  assert.deepEqual(of("playbackMoved").at(-1), ["playbackMoved", "a", 600, 560, 0])
})

test("only what is held goes on, and what is opened meanwhile is held", () => {
  const { player: made, sent } = player()
  made.goOn()
  made.hold()
  const other = []
  made.attach({ port: { postMessage: message => other.push(message) }, disconnect() {} })
  made.goOn()
  made.goOn()
  assert.deepEqual(sent, [{ type: "hold" }])
  assert.deepEqual(other, [{ type: "hold" }, { type: "goOn" }])
})
