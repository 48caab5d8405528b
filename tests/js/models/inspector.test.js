import assert from "node:assert/strict"
import { test } from "node:test"
import { Inspector } from "../../../voiceapp/static/js/models/inspector.js"
import { MAX, PassedEvents } from "../../../voiceapp/static/js/models/passed-events.js"

const clock = { began: 0, skew: 0 }
const line = (type, more = {}) => ({ type, direction: "down", at: 1, bytes: 10, summary: "", ...more })

function inspector(...lines) {
  const made = new Inspector(new PassedEvents(), { inspectorChanged() {} })
  lines.forEach(one => made.events.add(one, clock))
  return made
}

const seen = ({ rows }) => rows.map(({ line: { type }, times, bytes }) => [type, times, bytes])

test("consecutive deltas are one row, also where two kinds alternate; or each its own", () => {
  const made = inspector(
    line("created"), line("audio.delta"), line("text.delta"), line("audio.delta"), line("done"), line("audio.delta")
  )
  assert.deepEqual(
    seen(made),
    [["created", 1, 10], ["audio.delta", 2, 20], ["text.delta", 1, 10], ["done", 1, 10], ["audio.delta", 1, 10]]
  )
  made.group(false)
  assert.equal(made.rows.length, 6)
})

test("both directions stay apart, and one alone can be seen", () => {
  const made = inspector(line("x.delta"), line("x.delta", { direction: "up" }), line("y"))
  assert.equal(made.rows.length, 3)
  made.filter("up")
  assert.deepEqual(seen(made), [["x.delta", 1, 10]])
})

test("a search looks into type, summary and content", () => {
  const made = inspector(
    line("session.created"), line("b", { summary: "Hello" }), line("c", { body: '{"voice":"marin"}' })
  )
  for (const [query, count] of [["SESSION", 1], ["hello ", 1], ["marin", 1], ["nowhere", 0], ["", 3]]) {
    made.search(query)
    assert.equal(made.rows.length, count, query)
  }
})

test("paused, what is seen stands still; afterwards all of it is there", () => {
  const made = inspector(line("a"))
  made.pause(true)
  made.events.add(line("b"), clock)
  assert.equal(made.rows.length, 1)
  assert.equal(made.events.total, 2)
  made.pause(false)
  assert.equal(made.rows.length, 2)
})

test("fifty thousand are kept, and the oldest go", () => {
  const made = inspector(
    ...Array.from({ length: MAX + 25000 }, (_, i) => line(i % 3 ? "audio.delta" : "done", { at: i }))
  )
  assert.ok(made.events.lines.length >= MAX && made.events.lines.length <= MAX + 1000)
  assert.equal(made.events.lines.at(-1).at, MAX + 24999)
  assert.equal(made.events.total, MAX + 25000)
  assert.ok(made.rows.every(({ id }) => id > made.events.dropped))
  assert.equal(new Set(made.rows.map(({ id }) => id)).size, made.rows.length)
  made.search("done")
  made.clear()
  assert.deepEqual([made.rows, made.total], [[], 0])
})

test("what is told late stands where it happened, beside the page's own, and both keep their order", () => {
  const made = inspector()
  const page = (type, at) => made.events.add(line(type, { page: true, direction: "here", times: 1, at }), clock)
  const model = (type, at, times = 1) => made.events.add(line(type, { at, times }), clock)
  page("made", 100)
  page("asked", 200)
  model("created", 150)
  model("updated", 140)
  model("x.delta", 250, 30)
  page("heard", 240)
  model("x.delta", 260, 3)
  const order = () => made.rows.map(({ line: { type }, times }) => times > 1 ? [type, times] : type)
  assert.deepEqual(order(), ["made", "created", "updated", "asked", "heard", ["x.delta", 33]])
  assert.equal(new Set(made.rows.map(({ id }) => id)).size, made.rows.length)
  made.search("e")
  made.search("")
  assert.deepEqual(order(), ["made", "created", "updated", "asked", "heard", ["x.delta", 33]])
  assert.equal(made.events.total, 38)
  assert.deepEqual(made.events.since(0).map(({ type }) => type), ["created", "updated", "x.delta", "x.delta"])
})

test("the list does not run back in its times, also once it is known how late the model's were told", () => {
  const made = inspector()
  const call = { began: 1000, skew: 500 }
  const own = (type, at) => made.events.add(line(type, { page: true, direction: "here", times: 1, at }), call)
  const model = (type, at) => made.events.add(line(type, { at }), call)
  const times = () => made.rows.map(({ first }) => made.events.timeOf(first))
  own("start", 90)
  model("created", 20)
  assert.deepEqual(times(), [90, 520])
  call.skew = 100
  for (const [type, at] of [["a.delta", 30], ["b.delta", 40], ["a.delta", 50], ["done", 60]]) model(type, at)
  own("heard", 155)
  assert.deepEqual(made.rows.map(({ line: { type } }) => type), [
    "start", "created", "a.delta", "b.delta", "heard", "done"
  ])
  assert.deepEqual(times(), [90, 120, 130, 140, 155, 160])
})

test("clearing empties the list alone, and an event that is chosen elsewhere is in it again", () => {
  const made = inspector(line("a"), line("b", { times: 3 }))
  const before = made.events.arrived
  made.clear()
  assert.deepEqual([made.rows, made.total], [[], 0])
  assert.deepEqual(made.events.since(0).map(({ type }) => type), ["a", "b"])
  made.events.add(line("c"), clock)
  made.filter("down")
  assert.deepEqual([seen(made), made.total], [[["c", 1, 10]], 1])
  assert.deepEqual([made.rows[0].id, made.events.since(before).map(({ type }) => type)], [3, ["c"]])
  assert.equal(made.placeOf(made.events.lines[1]), 1)
  assert.deepEqual([made.rows.map(({ line: { type } }) => type), made.total], [["a", "b", "c"], 5])
})

test("what came before the list was loaded is in it", () => {
  const events = new PassedEvents()
  events.add(line("a"), clock)
  events.add(line("x.delta"), clock)
  const made = new Inspector(events, { inspectorChanged() {} })
  events.add(line("x.delta"), clock)
  assert.deepEqual(seen(made), [["a", 1, 10], ["x.delta", 2, 20]])
})
