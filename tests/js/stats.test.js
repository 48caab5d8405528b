import assert from "node:assert/strict"
import { test } from "node:test"
import { Levels } from "../../voiceapp/static/js/audio/levels.js"
import { Stats } from "../../voiceapp/static/js/models/stats.js"
import { tone } from "./support/signal.js"

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

test("levels are in decibels, latest first, one for each step", () => {
  const levels = new Levels()
  const sound = level => ({ getFloatTimeDomainData: samples => samples.set(tone(1000, 48000, samples.length, level)) })
  levels.measure(sound(0), 100)
  levels.measure(sound(0.01), 200)
  levels.measure(sound(1), 300)
  assert.equal(levels.at(2), 0)
  assert.ok(levels.at(0) > levels.at(1) && levels.at(1) > 0 && levels.at(0) <= 1)
  levels.measure(null, 310)
  assert.equal(levels.values.length, 3)
  levels.clear()
  assert.equal(levels.at(0), 0)
})
