import assert from "node:assert/strict"
import { test } from "node:test"
import { CallLog, MAX, MAX_CONTENT, Measured } from "../../../voiceapp/static/js/models/call-log.js"

function begun() {
  const clock = { ms: 5000 }
  const log = new CallLog(() => clock.ms)
  log.begin(0)
  return { log, clock, wait(ms) { clock.ms += ms } }
}

const seen = log => log.entries.map(({ type, direction, at, times }) => [type, direction, at, times])

test("a run of sound is one entry, and of its sound nothing is kept but how much there was", () => {
  const { log, wait } = begun()
  for (let n = 1; n <= 100; n++, wait(40)) log.came("up", "audio", [n, "A".repeat(2560)])
  log.came("down", "audio", [1, "a1", "B".repeat(400)])
  wait(40)
  log.came("down", "audio", [2, "a2", "C".repeat(400)])
  assert.deepEqual(seen(log), [["audio", "up", 0, 100], ["audio", "down", 4000, 1], ["audio", "down", 4040, 1]])
  assert.deepEqual(log.entries.map(({ bytes, end }) => [bytes, end]), [[192000, 3960], [300, 4000], [300, 4040]])
  assert.ok(!/AA|BB|CC/.test(JSON.stringify(log.entries)))
})

test("after a pause another run begins; what is told of an answer in pieces is one entry, with the latest", () => {
  const { log, wait } = begun()
  log.came("up", "audio", [1, "AAAA"])
  wait(1600)
  log.came("up", "audio", [2, "AAAA"])
  log.came("up", "heard", [{ item: "a1", heard_ms: 250 }])
  wait(250)
  log.came("up", "heard", [{ item: "a1", heard_ms: 500 }])
  log.came("down", "transcript", [3, { item: "a1", delta: "Hello " }])
  log.came("down", "transcript", [4, { item: "a1", delta: "there." }])
  log.came("down", "transcript", [5, { item: "a1", text: "Hello there.", final: true }])
  assert.deepEqual(seen(log).map(([type, , , times]) => [type, times]), [
    ["audio", 1], ["audio", 1], ["heard", 2], ["transcript", 2], ["transcript", 1]
  ])
  assert.equal(log.entries[2].summary, "item=a1 heard_ms=500")
  assert.equal(log.entries.at(-1).body, '{"item":"a1","text":"Hello there.","final":true}')
})

test("the last 2,000 of a call are kept, and from its beginning, whoever looks", () => {
  const { log, wait } = begun()
  for (let n = 1; n <= MAX + 500; n++, wait(1)) log.came("down", "turn", [n, { state: "listening" }])
  assert.equal(log.entries.length, MAX)
  assert.equal(log.dropped, 500)
  assert.deepEqual([log.entries[0].at, log.entries.at(-1).at], [500, MAX + 499])
  assert.deepEqual(log.since(log.arrived - 2).map(({ at }) => at), [MAX + 498, MAX + 499])
  log.begin(7)
  assert.deepEqual([log.entries, log.dropped, log.model], [[], 0, 7])
  log.note("line.made")
  assert.deepEqual(seen(log), [["line.made", "here", 0, 1]])
})

test("what they say is bounded in bytes: of the oldest, and of a giant, only the size is kept", () => {
  const { log } = begun()
  log.came("up", "start", [{ instructions: "x".repeat(30_000) }])
  assert.equal(log.entries[0].body, "")
  assert.ok(log.entries[0].bytes > 30_000)
  for (let n = 0; n < 3 * MAX; n++) log.came("down", "tool", [n, { call: `t${n}`, result: "r".repeat(4000) }])
  const kept = log.entries.map(({ body }) => body.length)
  assert.ok(kept.reduce((sum, size) => sum + size, 0) <= MAX_CONTENT * 1.1)
  assert.ok(kept.at(-1) > 4000 && kept[0] === 0)
  assert.ok(Math.abs(log.kept - log.entries.reduce((sum, { size }) => sum + size, 0)) < 1)
})

test("of a picture nothing is kept but its size, and no token is ever told", () => {
  const { log } = begun()
  log.came("up", "picture", [{ item: "picture_1", part: 1, parts: 1, data: "Z".repeat(4000) }])
  log.came("down", "ready", [{ conversation: "c", token: "very-secret" }])
  log.came("up", "resume", [{ token: "very-secret", got: 3 }])
  const told = log.entries.map(({ body }) => body).join()
  assert.ok(!/ZZ|very-secret/.test(told) && told.includes('"got":3') && log.entries[0].bytes >= 3000)
})

test("a way to the server is timed by its receipt; how loud it was is kept for an hour", () => {
  const { log, wait } = begun()
  log.came("up", "audio", [1, "AAAA"])
  wait(35)
  log.came("down", "ack", [1])
  log.levelMeasured(0.5)
  assert.equal(log.trips.most(0, 1000), 35)
  assert.equal(log.levels.most(0, 100), 128)
  const measured = new Measured(100, Uint8Array)
  measured.put(0, 9)
  measured.put(3_600_000 + 50, 4)
  assert.deepEqual([measured.most(0, 1000), measured.most(3_600_000, 3_600_100)], [0, 4])
})

test("events between server and model are not counted here", () => {
  const { log } = begun()
  log.came("down", "log", [{ at: 100 }])
  assert.deepEqual(log.entries, [])
})

test("it hears all that a socket says and hears, and when the line is lost", () => {
  const { log } = begun()
  const handlers = {}
  const socket = {
    onAny(heard) { handlers.any = heard }, onAnyOutgoing(said) { handlers.out = said },
    on(event, handler) { handlers[event] = handler }
  }
  assert.equal(log.listen(socket), socket)
  handlers.connect()
  handlers.out("start", { page: "p" })
  handlers.any("ack", 1)
  handlers.disconnect("transport close")
  assert.deepEqual(log.entries.map(({ type }) => type), ["line.made", "start", "ack", "line.lost"])
  assert.equal(log.entries[3].summary, "reason=transport close")
  handlers.disconnect("io client disconnect")
  assert.equal(log.entries[4].type, "line.closed", "nothing was lost")
})

test("when it was told how late it was does not change when it happened", () => {
  const { log, wait } = begun()
  wait(60_000)
  assert.deepEqual(log.modelTold({ at: 1000, late: 58_900 }), { began: 5000, skew: 100 })
  assert.equal(log.modelTold({ at: 2000, until: 59_990 }).skew, 10, "on a quicker way")
  assert.equal(log.modelTold({ at: 3000, late: 500 }).skew, 10)
})

test("states are noted as they change", () => {
  const { log } = begun()
  for (const state of ["listening", "listening", "user", "user"]) log.stateShown(state)
  assert.deepEqual(log.entries.map(({ summary }) => summary), ["state=listening", "state=user"])
})
