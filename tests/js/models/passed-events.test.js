import assert from "node:assert/strict"
import { test } from "node:test"
import { MAX, PassedEvents } from "../../../voiceapp/static/js/models/passed-events.js"

const clock = { began: 0, skew: 0 }
const line = (type, more = {}) => ({ type, direction: "down", at: 1, bytes: 10, summary: "", ...more })

test("fifty thousand are kept, and whoever shows them is told when the oldest go", () => {
  const events = new PassedEvents()
  let added = 0
  let dropped = 0
  events.delegate = { eventAdded: () => added++, eventsDropped: () => dropped++ }
  for (let i = 0; i < MAX + 2500; i++) events.add(line("x", { at: i }), clock)
  assert.deepEqual([events.lines.length, events.lines.at(-1).at, events.dropped], [MAX + 500, MAX + 2499, 2000])
  assert.deepEqual([added, dropped, events.arrived, events.total], [MAX + 2500, 2, MAX + 2500, MAX + 2500])
})

test("of those after a number only the upstream's are asked for, and a run counts as many as are in it", () => {
  const events = new PassedEvents()
  events.add(line("a"), clock)
  events.add(line("state", { page: true }), clock)
  const before = events.arrived
  events.add(line("x.delta", { times: 30 }), clock)
  events.add(line("heard", { page: true }), clock)
  assert.deepEqual(events.since(before).map(({ type }) => type), ["x.delta"])
  assert.deepEqual(events.since(0).map(({ type }) => type), ["a", "x.delta"])
  assert.equal(events.total, 33)
})

test("an event has one time, which is the better known the more the model tells", () => {
  const events = new PassedEvents()
  const call = { began: 1000, skew: 300 }
  const [own, told] = [line("state", { page: true, at: 40 }), line("a", { at: 20 })]
  events.add(own, call)
  events.add(told, call)
  assert.deepEqual([own, told].map(each => events.timeOf(each)), [40, 320])
  call.skew = 5
  assert.deepEqual([own, told].map(each => events.timeOf(each)), [40, 25])
  assert.deepEqual([own, told].map(each => events.momentOf(each)), [1040, 1025])
})
