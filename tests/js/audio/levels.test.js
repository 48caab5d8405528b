import assert from "node:assert/strict"
import { test } from "node:test"
import { Levels } from "../../../voiceapp/static/js/audio/levels.js"
import { tone } from "../support/signal.js"

const voice = loudness => ({ getFloatTimeDomainData: samples => { samples.fill(loudness) } })

/** After so many steps of each loudness. */
function levels(...steps) {
  const made = new Levels()
  let now = 0
  for (const [loudness, count] of steps)
    for (let i = 0; i < count; i++) made.measure(voice(loudness), now += 60)
  return made
}

test("the latest step comes first, louder is higher, and nothing is beyond the ends", () => {
  const [now, before, first] = levels([0.001, 1], [0.1, 1], [2, 1]).values
  assert.equal(now, 1)
  assert.ok(first < before && before < now)
  assert.equal(levels([0, 1]).at(0), 0)
})

test("a voice can be seen until it has run out of the picture", () => {
  assert.equal(levels([0.3, 1], [0, 25]).heard, true)
  assert.equal(levels([0.3, 1], [0, 26]).heard, false, "the figure has no mark for it any more")
  assert.equal(new Levels().heard, false)
})

test("the steady level follows at once, sinks slowly, and comes to nothing", () => {
  assert.ok(levels([0.3, 1]).steady > 0.5)
  assert.ok(levels([0.3, 1], [0, 2]).steady > 0)
  assert.equal(levels([0.3, 1], [0, 20]).steady, 0)
})

test("levels are in decibels, latest first, one for each step", () => {
  const levels = new Levels()
  const sound = level => ({ getFloatTimeDomainData: samples => samples.set(tone(1000, 48000, samples.length, level)) })
  levels.measure(sound(0), 100)
  levels.measure(sound(0.01), 200)
  levels.measure(sound(1), 300)
  assert.equal(levels.at(2), 0)
  assert.ok(levels.at(0) > levels.at(1) && levels.at(1) > 0 && levels.at(0) <= 1)
  levels.measure(sound(1), 310)
  assert.equal(levels.values.length, 3)
  levels.clear()
  assert.equal(levels.at(0), 0)
})

test("once nobody is listened to, as by a press on the mute button, nothing is left of what was seen", () => {
  const muted = levels([0.3, 5])
  muted.measure(null, 310)
  assert.deepEqual([muted.heard, muted.at(0), muted.steady], [false, 0, 0])
})
