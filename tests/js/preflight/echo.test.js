import assert from "node:assert/strict"
import { test } from "node:test"
import { ECHO_RATE, findEcho } from "../../../voiceapp/static/js/preflight/echo.js"
import { probe, PROBE_S } from "../../../voiceapp/static/js/preflight/probe.js"
import { Recording } from "../../../voiceapp/static/js/preflight/recording.js"
import { babble } from "../support/speech.js"
import { hiss, ratio } from "../support/hiss.js"

const RATE = 48000
const BEFORE_S = 0.2

/** What a microphone hears of the probe in a room, at the device's rate, and where in the recording it was played. */
function room({ ways, noiseDb = -65, speech = 0, rate = RATE }) {
  const recording = new Recording(10, BEFORE_S + PROBE_S + 0.6, rate)
  const heard = hiss(recording.samples.length, noiseDb)
  if (speech) babble(recording.samples.length / rate, rate, 5, speech).forEach((sample, i) => { heard[i] += sample })
  const played = probe(rate)
  for (const [ms, db] of ways)
    played.forEach((sample, i) => { heard[Math.round((BEFORE_S + ms / 1000) * rate) + i] += ratio(db) * sample })
  for (let at = 0; at < heard.length; at += 960) recording.add(10 + at / rate, heard.subarray(at, at + 960))
  return recording
}

const found = recording => findEcho(recording.at(ECHO_RATE), Math.round(BEFORE_S * ECHO_RATE))

for (const [db, ms, rate] of [
  [-20, 80, 48000], [-6, 30, 44100], [-35, 250, 48000], [-45, 150, 44100], [-20, 80, 16000]
]) {
  test(`an echo at ${db} dB after ${ms} ms is found so (${rate} Hz)`, () => {
    const { found: there, gainDb, delayMs } = found(room({ ways: [[ms, db]], rate }))
    assert.ok(there)
    assert.ok(Math.abs(gainDb - db) < 1.5, gainDb)
    assert.ok(Math.abs(delayMs - ms) < 2, delayMs)
  })
}

test("it is found under a person who speaks, and below the noise", () => {
  for (const more of [{ speech: 0.07 }, { noiseDb: -38 }]) {
    const { found: there, gainDb, delayMs } = found(room({ ways: [[80, -20]], ...more }))
    assert.ok(there)
    assert.ok(Math.abs(gainDb + 20) < 3, gainDb)
    assert.ok(Math.abs(delayMs - 80) < 15, delayMs)
  }
})

test("the many ways of a room are one echo, as loud as all of them", () => {
  const ways = [[80, -20], [84.3, -24], [91.1, -23], [103.7, -26], [121.9, -30]]
  const all = 10 * Math.log10(ways.reduce((sum, [, db]) => sum + 10 ** (db / 10), 0))
  const { gainDb, delayMs } = found(room({ ways }))
  assert.ok(Math.abs(gainDb - all) < 2, `${gainDb} ${all}`)
  assert.ok(Math.abs(delayMs - 80) < 15, delayMs)
})

test("where nothing comes back nothing is found, in hiss, in speech, in silence", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const samples = (BEFORE_S + PROBE_S + 0.6) * ECHO_RATE
    assert.ok(!findEcho(hiss(samples, -30, seed), BEFORE_S * ECHO_RATE).found, `hiss ${seed}`)
    assert.ok(!findEcho(babble(samples / ECHO_RATE, ECHO_RATE, seed), BEFORE_S * ECHO_RATE).found, `speech ${seed}`)
  }
  assert.ok(!findEcho(new Float32Array(2 * ECHO_RATE), BEFORE_S * ECHO_RATE).found)
})
