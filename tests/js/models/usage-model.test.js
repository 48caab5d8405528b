import assert from "node:assert/strict"
import { test } from "node:test"
import { clock, UsageModel } from "../../../voiceapp/static/js/models/usage-model.js"

const LIMITS = {
  call_s: 600, call_left_s: 590, idle_s: 60, idle_left_s: null, left_s: null, budget_s: null, used_s: 10,
  left_money: null, budget_money: null, used_money: 0,
  currency: "USD"
}

/** A call that is live since 10 s, and was asked for 10 s before. */
function usageModel(limits = {}) {
  const made = new UsageModel()
  made.reset()
  made.limit({ ...LIMITS, ...limits }, 10_000)
  made.begin({ model: "m", expires_at: null }, 10_000)
  return made
}

test("the end of a call is counted from when it was asked for, as the server counts it", () => {
  assert.equal(usageModel().left(10_000), 590_000)
  assert.equal(usageModel().left(700_000), 0)
  assert.equal(usageModel({ call_s: null, call_left_s: null }).left(10_000), null)
})

test("of two ends the nearer one counts", () => {
  const made = usageModel()
  made.begin({ model: "m", expires_at: 1, expires_in_s: 50 }, 10_000)
  assert.equal(made.left(10_000), 50_000)
})

test("a session's end is counted by the server's seconds, whatever the computer's clock says", () => {
  const made = usageModel({ call_s: null, call_left_s: null })
  // The computer's clock is a year ahead of the server's.
  made.begin({ model: "m", expires_at: Date.now() / 1000 - 365 * 86400, expires_in_s: 60 }, 5_000)
  assert.equal(made.left(15_000), 50_000)
  made.renew({ model: "m", expires_at: 0, expires_in_s: 600 }, 20_000)
  assert.equal(made.left(20_000), 600_000)
  made.renew({ model: "m", expires_at: null, expires_in_s: null }, 20_000)
  assert.equal(made.left(20_000), null)
})

test("what is left is short only at the end, and a silence that was warned of comes first", () => {
  assert.equal(usageModel().short(10_000), null)
  assert.deepEqual(usageModel().short(400_000), { ms: 200_000, idle: false })
  const silent = usageModel({ idle_left_s: 10 })
  assert.deepEqual(silent.short(12_000), { ms: 8_000, idle: true })
  silent.wake()
  assert.equal(silent.short(12_000), null)
  const spent = { left_s: 100, budget_s: 1200 }
  assert.equal(usageModel({ ...spent, idle_left_s: 200 }).short(10_000), null, "the day's time is told of itself")
  assert.equal(usageModel({ ...spent, idle_left_s: 20 }).short(10_000)?.idle, true)
})

test("a budget of time runs down between two tellings, and what this call used runs up", () => {
  const [budget] = usageModel({ left_s: 120, budget_s: 600, used_s: 30 }).budgets(30_000)
  assert.deepEqual(budget, { kind: "time", left: 100_000, whole: 600_000, used: 50_000, low: true })
})

test("of two budgets the one that is nearer its end comes first", () => {
  const both = usageModel({ left_s: 500, budget_s: 600, left_money: 0.25, budget_money: 1, used_money: 0.5 })
    .budgets(10_000)
  assert.deepEqual(both.map(({ kind, low }) => [kind, low]), [["money", false], ["time", false]])
  assert.deepEqual(usageModel().budgets(10_000), [])
})

test("a call has lasted from when it was live; one that never was has no length", () => {
  const made = usageModel()
  made.end(25_000)
  made.end(99_000)
  assert.equal(made.lasted, 15_000)
  made.reset()
  made.end(120_000)
  assert.equal(made.lasted, null)
})

test("a call that was reconnected went on meanwhile, and the next one begins anew", () => {
  const made = usageModel()
  made.begin({ model: "m", expires_at: null }, 20_000)
  assert.equal(made.elapsed(25_000), 15_000)
  made.end(25_000)
  made.reset()
  made.begin({ model: "m", expires_at: null }, 30_000)
  assert.equal(made.elapsed(31_000), 1_000)
})

const usage = (total, estimated = false) => ({ estimated, cost: total === null ? null : { total, currency: "EUR" } })

test("what a call cost before its connection was lost still counts, and the next call begins with nothing", () => {
  const made = usageModel()
  assert.deepEqual([made.total, made.currency], [null, "USD"])
  made.usage = usage(0.5, true)
  assert.deepEqual([made.total, made.estimated, made.currency], [0.5, true, "EUR"])
  made.begin({ model: "m", expires_at: null }, 20_000)
  assert.deepEqual([made.total, made.estimated], [0.5, true])
  made.usage = usage(null)
  assert.equal(made.total, 0.5)
  made.usage = usage(0.25)
  assert.equal(made.total, 0.75)
  made.end(25_000)
  made.usage = usage(0.3)
  assert.equal(made.total, 0.8)
  made.reset()
  made.begin({ model: "m", expires_at: null }, 30_000)
  assert.deepEqual([made.total, made.estimated], [null, false])
})

test("time as on a clock", () => {
  assert.deepEqual([0, 59999, 61000, 3723000].map(clock), ["0:00", "0:59", "1:01", "1:02:03"])
})

test("after its connection was lost a call's sum is an estimate: what the answer cost that was cut off, nobody tells", () => {
  const made = usageModel()
  made.usage = usage(0.5)
  assert.equal(made.estimated, false)
  made.begin({ model: "m", expires_at: null }, 20_000)
  made.usage = usage(0.25)
  assert.deepEqual([made.total, made.estimated], [0.75, true])
})
