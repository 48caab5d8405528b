import assert from "node:assert/strict"
import { test } from "node:test"
import { MAX, PassedEvents } from "../../../voiceapp/static/js/models/passed-events.js"

const line = (type, more = {}) => ({ type, direction: "down", at: 1, bytes: 10, summary: "", ...more })

test("fifty thousand are kept, and whoever shows them is told when the oldest go", () => {
  const events = new PassedEvents()
  let added = 0
  let dropped = 0
  events.delegate = { eventAdded: () => added++, eventsDropped: () => dropped++ }
  for (let i = 0; i < MAX + 2500; i++) events.add(line("x", { at: i }))
  assert.deepEqual([events.lines.length, events.lines.at(-1).at, events.dropped], [MAX + 500, MAX + 2499, 2000])
  assert.deepEqual([added, dropped, events.arrived, events.total], [MAX + 2500, 2, MAX + 2500, MAX + 2500])
})

test("of those after a number only the upstream's are asked for, and a run counts as many as are in it", () => {
  const events = new PassedEvents()
  events.add(line("a"))
  events.add(line("state", { page: true }))
  const before = events.arrived
  events.add(line("x.delta", { times: 30 }))
  events.add(line("heard", { page: true }))
  assert.deepEqual(events.since(before).map(({ type }) => type), ["x.delta"])
  assert.deepEqual(events.since(0).map(({ type }) => type), ["a", "x.delta"])
  assert.deepEqual([events.total, events.bytes], [33, 40])
  events.clear()
  assert.deepEqual([events.arrived, events.total, events.since(0)], [4, 0, []])
})
