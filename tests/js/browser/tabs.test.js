import assert from "node:assert/strict"
import { test } from "node:test"
import { Tabs } from "../../../voiceapp/static/js/browser/tabs.js"
import { Locks } from "../support/locks.js"

/** Tabs of one browser, and how often the call of each was taken. */
function browser(count) {
  const locks = new Locks()
  const taken = Array(count).fill(0)
  const tabs = taken.map((_, i) => new Tabs(locks, { callTaken: () => taken[i]++ }))
  return { tabs, taken, locks }
}

test("a call ends where it was when one begins in another tab", async () => {
  const { tabs: [one, other], taken, locks } = browser(3)
  one.claim()
  await locks.grant()
  other.claim()
  await locks.grant()
  assert.deepEqual(taken, [1, 0, 0])
})

test("it can be taken back", async () => {
  const { tabs: [one, other], taken, locks } = browser(2)
  for (const tab of [one, other, one]) {
    tab.claim()
    await locks.grant()
  }
  assert.deepEqual(taken, [1, 1])
})

test("of all that begin at once exactly one stays, whatever their clocks say", async () => {
  const { now } = Date
  for (const clock of [() => 5, () => -now(), Math.random]) {
    Date.now = clock
    try {
      const { tabs, taken, locks } = browser(4)
      for (const tab of tabs) tab.claim()
      await locks.grant()
      assert.deepEqual(taken, [1, 1, 1, 0])
    } finally {
      Date.now = now
    }
  }
})

test("a tab without a call is left alone, and its next call is not taken for one of another tab", async () => {
  const { tabs: [one, other], taken, locks } = browser(2)
  one.claim()
  await locks.grant()
  one.release()
  other.claim()
  await locks.grant()
  other.release()
  one.claim()
  one.claim()
  await locks.grant()
  assert.deepEqual(taken, [0, 0])
  assert.ok(locks.held)
})

test("a browser that forbids locks, or has none, forbids no call", async () => {
  const refused = { request: async () => { throw new DOMException("", "SecurityError") } }
  for (const locks of [refused, undefined]) {
    let taken = 0
    new Tabs(locks, { callTaken: () => taken++ }).claim()
    for (let i = 0; i < 5; i++) await null
    assert.equal(taken, 0)
  }
})
