import assert from "node:assert/strict"
import { test } from "node:test"
import { SEARCHED_S } from "../../../voiceapp/static/js/preflight/echo.js"
import { probe, PROBE_S } from "../../../voiceapp/static/js/preflight/probe.js"

const RATE = 48000
const BEFORE_S = 0.2

test("the probe never jumps, is neither loud nor steady, and stays within what all microphones hear", () => {
  const sound = probe(RATE)
  assert.equal(sound.length, PROBE_S * RATE)
  assert.ok(sound.every((sample, i) => Math.abs(sample - (sound[i - 1] ?? 0)) < 0.12 && Math.abs(sample) <= 0.25))
  assert.ok(SEARCHED_S.before < BEFORE_S)
})
