import assert from "node:assert/strict"
import { test } from "node:test"
import { VoiceLevel } from "../../../voiceapp/static/js/preflight/voice-level.js"
import { babble } from "../support/speech.js"
import { hiss } from "../support/hiss.js"

function voiceOf(samples) {
  const voice = new VoiceLevel()
  for (let at = 0; at + 480 <= samples.length; at += 480) voice.hear(samples.subarray(at, at + 480), 20)
  return voice
}

const quietRoom = () => hiss(5 * 24000, -70)

function spoken(level, noiseDb = -70) {
  const noise = hiss(5 * 24000, noiseDb)
  return babble(5, 24000, 8, level).map((sample, i) => Math.max(-1, Math.min(1, sample + noise[i])))
}

for (const [what, samples, code] of [
  ["a voice", spoken(0.07), "good"],
  ["a voice far away", spoken(0.003), "faint"],
  ["a voice that clips", spoken(1.2), "clipped"],
  ["a voice in a loud room", spoken(0.07, -30), "noisy"],
  ["a loud room", hiss(5 * 24000, -34), "noisy"],
  ["a quiet room", quietRoom().map(sample => 10 * sample), "nobody"],
  ["next to nothing", quietRoom().map(sample => 0.3 * sample), "silent"],
  ["nothing at all", new Float32Array(5 * 24000), "dead"]
]) test(`${what} is judged ${code}`, () => assert.equal(voiceOf(samples).code, code))

test("who has said enough need not go on", () => {
  assert.ok(voiceOf(spoken(0.07).subarray(0, 3 * 24000)).enough)
  assert.ok(!voiceOf(spoken(0.07).subarray(0, 1 * 24000)).enough)
  assert.ok(!voiceOf(quietRoom()).enough)
})
