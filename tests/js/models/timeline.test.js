import assert from "node:assert/strict"
import { test } from "node:test"
import { CallLog } from "../../../voiceapp/static/js/models/call-log.js"
import { TimeWindow, lanesOf, mark, nearest, stepOf } from "../../../voiceapp/static/js/models/timeline.js"

const brief = spans => spans.map(({ from, to, kind }) => [from, to, kind])

test("turns, sounds, tools and lost lines last until what ends them, or until now", () => {
  let ms = 0
  const log = new CallLog(() => ms)
  const at = (when, act) => { ms = when; act() }
  at(100, () => log.stateShown("user"))
  at(900, () => log.stateShown("thinking"))
  at(950, () => log.came("down", "tool", [1, { call: "t", name: "", state: "running" }]))
  at(980, () => log.came("down", "tool", [2, { call: "t", name: "weather", state: "running" }]))
  at(1400, () => log.came("down", "tool", [3, { call: "t", name: "weather", state: "done" }]))
  at(1500, () => log.came("down", "audio", [4, "a1", "AAAA"]))
  at(1600, () => log.came("down", "audio", [5, "a1", "AAAA"]))
  at(1700, () => log.stateShown("assistant"))
  at(1950, () => log.came("up", "heard", [{ item: "a1", heard_ms: 250 }]))
  at(2450, () => log.came("up", "heard", [{ item: "a1", heard_ms: 750 }]))
  at(2600, () => log.note("line.lost"))
  at(3000, () => log.note("line.made"))
  const lanes = lanesOf(log.entries, 4000)
  assert.deepEqual(brief(lanes.turns), [[100, 900, "user"], [900, 1700, "thinking"], [1700, 4000, "assistant"]])
  assert.deepEqual(brief(lanes.tools), [[950, 1400, "weather"]])
  assert.deepEqual(brief(lanes.came), [[1500, 1600, "a1"]])
  assert.deepEqual(brief(lanes.heard), [[1700, 2450, "a1"]])
  assert.deepEqual(brief(lanes.away), [[2600, 3000, "line.lost"]])
})

test("what is seen stays within the call, and the moment under the pointer keeps its place", () => {
  const window = new TimeWindow()
  window.grow(10_000)
  assert.deepEqual([window.from, window.to], [0, 10_000])
  window.zoom(0.5, 2000)
  assert.deepEqual([window.from, window.to], [1000, 6000])
  assert.equal((2000 - window.from) / window.span, 0.2)
  window.move(-9999)
  assert.equal(window.from, 0)
  window.move(9999)
  assert.deepEqual([window.from, window.to], [5000, 10_000])
  // At its end it goes with the call, elsewhere it stands still.
  window.grow(12_000)
  assert.deepEqual([window.from, window.to], [7000, 12_000])
  window.move(-1000)
  window.grow(15_000)
  assert.deepEqual([window.from, window.to], [6000, 11_000])
  window.reveal(1000)
  assert.ok(window.from <= 1000 && 1000 <= window.to)
  for (let i = 0; i < 50; i++) window.zoom(0.5)
  assert.equal(window.span, 200)
  for (let i = 0; i < 50; i++) window.zoom(2)
  assert.deepEqual([window.from, window.to, window.all], [0, 15_000, true])
})

test("however one zooms and moves, what is seen lies in the call", () => {
  let seed = 7
  const chance = () => (seed = seed * 48271 % 2147483647) / 2147483647
  const window = new TimeWindow()
  for (let i = 0; i < 5000; i++) {
    const act = Math.floor(chance() * 4)
    if (act === 0) window.grow(window.whole + chance() * 1000)
    else if (act === 1) window.zoom(0.2 + chance() * 3, window.from + chance() * window.span)
    else if (act === 2) window.move((chance() - 0.5) * 5000)
    else window.reveal(chance() * window.whole)
    assert.ok(window.from >= 0 && window.to <= window.whole + 1e-6 && window.span >= 200 - 1e-6)
  }
})

test("the marks of the axis are round and few", () => {
  assert.deepEqual([stepOf(900, 8), stepOf(10_000, 6), stepOf(3_600_000, 6)], [200, 2000, 600_000])
  assert.deepEqual([mark(65_000, 1000), mark(1200, 200), mark(50, 50)], ["1:05", "0:01.2", "0:00.05"])
})

test("the nearest is found, or none that is too far", () => {
  const events = [{ at: 10 }, { at: 50 }, { at: 52 }]
  assert.equal(nearest(events, 47), events[1])
  assert.equal(nearest(events, 30, 5), undefined)
  assert.equal(nearest([], 1), undefined)
})

test("the axis begins with the first event that is kept, which after a reload was before the page", () => {
  const window = new TimeWindow()
  window.grow(10_000, -60_000)
  assert.deepEqual([window.from, window.to], [-60_000, 10_000])
  window.zoom(0.5, 10_000)
  window.move(-100_000)
  assert.deepEqual([window.from, window.span], [-60_000, 35_000])
  window.zoom(10)
  assert.deepEqual([window.from, window.to, window.all], [-60_000, 10_000, true])
  assert.equal(mark(-65_000, 1000), "−1:05")
})
