import assert from "node:assert/strict"
import { test } from "node:test"
import { Stats } from "../../../voiceapp/static/js/models/stats.js"

const SESSION = { phase: "live", turn: "assistant" }

test("a reply's time runs from the end of speech to the first sample", () => {
  const clock = { ms: 0 }
  const stats = new Stats(() => clock.ms)
  stats.turnChanged("user")
  clock.ms = 1000
  stats.turnChanged("thinking")
  clock.ms = 1420
  stats.playbackStarted()
  clock.ms = 5000
  stats.playbackStarted()
  assert.equal(stats.snapshot(SESSION, false).lastReplyMs, 420)
})

test("what was heard is counted by item, and in total over calls that use the same ids", () => {
  const stats = new Stats(() => 0)
  stats.playbackMoved("a", 100, 60)
  stats.playbackMoved("a", 200, 160)
  stats.callBegan()
  stats.playbackMoved("a", 50, 10)
  const { msHeard, msHeardTotal, samplesPlayed } = stats.snapshot(SESSION, false)
  assert.deepEqual(msHeard, { a: 10 })
  assert.equal(msHeardTotal, 170)
  assert.equal(samplesPlayed, 250 * 24)
})
