import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { ECHO_RATE, findEcho, SEARCHED_S } from "../../voiceapp/static/js/preflight/echo.js"
import { CHECKS } from "../../voiceapp/static/js/preflight/preflight.js"
import { probe, PROBE_S } from "../../voiceapp/static/js/preflight/probe.js"
import { measureRoundTrip, summed } from "../../voiceapp/static/js/preflight/round-trip.js"
import { Recording } from "../../voiceapp/static/js/preflight/recording.js"
import { echoVerdict, worst, networkVerdict, pageVerdict, serviceVerdict, voiceVerdict } from "../../voiceapp/static/js/preflight/verdicts.js"
import { VoiceLevel } from "../../voiceapp/static/js/preflight/voice-level.js"
import { babble, random } from "./support/speech.js"
import { tone } from "./support/signal.js"
import { worklet } from "./support/worklet.js"

const RATE = 48000
const BEFORE_S = 0.2
const ratio = db => 10 ** (db / 20)

function hiss(samples, db, seed = 3) {
  const next = random(seed)
  return Float32Array.from({ length: samples }, () => ratio(db) * Math.sqrt(12) * (next() - 0.5))
}

/** What a microphone hears of the probe in a room, at the device's rate, and where in the recording it was played. */
function room({ ways, noiseDb = -65, speech = 0, rate = RATE }) {
  const recording = new Recording(10, BEFORE_S + PROBE_S + 0.6, rate)
  const heard = hiss(recording.samples.length, noiseDb)
  if (speech) babble(recording.samples.length / rate, rate, 5, speech).forEach((sample, i) => { heard[i] += sample })
  const played = probe(rate)
  for (const [ms, db] of ways) played.forEach((sample, i) => { heard[Math.round((BEFORE_S + ms / 1000) * rate) + i] += ratio(db) * sample })
  for (let at = 0; at < heard.length; at += 960) recording.add(10 + at / rate, heard.subarray(at, at + 960))
  return recording
}

const found = recording => findEcho(recording.at(ECHO_RATE), Math.round(BEFORE_S * ECHO_RATE))

for (const [db, ms, rate] of [[-20, 80, 48000], [-6, 30, 44100], [-35, 250, 48000], [-45, 150, 44100], [-20, 80, 16000]]) {
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

test("the probe never jumps, is neither loud nor steady, and stays within what all microphones hear", () => {
  const sound = probe(RATE)
  assert.equal(sound.length, PROBE_S * RATE)
  assert.ok(sound.every((sample, i) => Math.abs(sample - (sound[i - 1] ?? 0)) < 0.12 && Math.abs(sample) <= 0.25))
  assert.ok(SEARCHED_S.before < BEFORE_S)
})

test("what comes before, after or not at all does no harm to a recording", () => {
  const recording = new Recording(1, 0.1, 1000)
  assert.ok(recording.empty)
  recording.add(0.5, new Float32Array(100).fill(1))
  assert.ok(recording.empty)
  recording.add(0.98, new Float32Array(40).fill(2))
  recording.add(1.09, new Float32Array(40).fill(3))
  assert.ok(recording.full && !recording.empty)
  assert.deepEqual([recording.samples[0], recording.samples[19], recording.samples[20], recording.samples[89], recording.samples[90], recording.samples[99]], [2, 2, 0, 0, 3, 3])
})

test("the worklet says of each block when it began", async () => {
  const tap = await worklet("tap", RATE)
  globalThis.currentFrame = 0
  const heard = tone(440, RATE, 128 * 30)
  for (let at = 0; at < heard.length; at += 128) {
    globalThis.currentFrame = at
    tap.hear(heard.subarray(at, at + 128))
  }
  const recording = new Recording(0, 128 * 30 / RATE, RATE)
  for (const { at, samples } of tap.posted()) recording.add(at, samples)
  assert.equal(tap.posted().length, 4)
  assert.deepEqual(recording.samples.subarray(0, 3840), heard)
})

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

test("the round trip is the median, and one that was late is no spread", () => {
  assert.deepEqual(summed([30, 20, 22, 400, 21, 25, 10]), { median: 22, spread: 10 })
  assert.deepEqual(summed([30, 10, 20]), { median: 20, spread: 20 })
})

test("the first question only opens the connection, and a slow line is not asked for ever", async () => {
  let time = 0
  let asked = 0
  const ask = ms => async () => { time += asked++ ? ms : 900 }
  assert.deepEqual(await measureRoundTrip(ask(20), () => time), { median: 20, spread: 0 })
  assert.equal(asked, 10)
  asked = 0
  assert.equal((await measureRoundTrip(ask(2000), () => time)).median, 2000)
  assert.equal(asked, 4)
  await assert.rejects(measureRoundTrip(async () => { throw new TypeError() }, () => time))
})

test("networks: quick, slow, uneven", () => {
  const judged = (median, spread) => { const { state, code } = networkVerdict({ median, spread }); return `${state} ${code}` }
  assert.deepEqual([judged(40, 10), judged(250, 20), judged(800, 500), judged(40, 150), judged(250, 150), judged(60, 400)],
    ["good good", "warning slow", "bad slow", "warning uneven", "warning uneven", "bad uneven"])
})

test("echoes: none, quiet, loud, and one that does no harm", () => {
  const judged = (found, gainDb, shielded = false) => { const { state, code } = echoVerdict({ found, gainDb, delayMs: 80 }, shielded); return `${state} ${code}` }
  assert.deepEqual([judged(false, 0), judged(true, -48), judged(true, -20), judged(true, -9), judged(true, -9, true)],
    ["good none", "good none", "good quiet", "warning loud", "good shielded"])
  assert.ok(Object.is(echoVerdict({ found: true, gainDb: -0.3, delayMs: 80 }, false).values.level, 0))
})

test("the gravest is what all of it amounts to, once nothing is asked any more", () => {
  const sum = (...states) => worst(states.map(state => ({ state, code: "" })))
  assert.deepEqual([sum("good", "skipped"), sum("good"), sum("warning", "bad"), sum("bad", "asking"), sum("asking", "running"), sum("waiting", "asking")],
    ["skipped", "good", "bad", "asking", "running", "asking"])
})

const STRINGS = JSON.parse(readFileSync(new URL("../../voiceapp/static/i18n/en.json", import.meta.url), "utf8"))
const has = key => assert.ok(STRINGS[key], key)

const JUDGED = [
  ["page", pageVerdict(null)],
  ...["good", "dead", "silent", "nobody", "noisy", "faint", "clipped"].map(code => ["microphone", voiceVerdict({ code, loudness: -30 }, "")]),
  ...[[10, 10], [300, 10], [10, 200]].map(([median, spread]) => ["network", networkVerdict({ median, spread })]),
  ...[[-90, false], [-20, false], [-5, false], [-5, true]].map(([gainDb, shielded]) => ["echo", echoVerdict({ found: true, gainDb, delayMs: 1 }, shielded)]),
  ["service", serviceVerdict(null)], ["service", serviceVerdict({ code: "connection_lost" })], ["network", serviceVerdict({ code: "connection_lost" })]
]

test("there are words for every state", () => {
  for (const name of CHECKS) has(`preflight.${name}.name`)
  for (const state of ["waiting", "running", "asking", "good", "warning", "bad", "skipped"]) has(`preflight.state.${state}`)
  for (const state of ["running", "asking", "good", "warning", "bad", "skipped"]) has(`preflight.summary.${state}`)
})

test("there are words for every verdict, and one that is not good says what to do", () => {
  for (const [name, { code }] of JUDGED) has(`preflight.${name}.${code}.title`)
  for (const [name, { code }] of JUDGED.filter(([, { state }]) => state !== "good")) has(`preflight.${name}.${code}.next`)
  for (const code of ["denied", "missing", "busy", "stuck"]) has(`preflight.microphone.${code}.next`)
  assert.deepEqual(serviceVerdict({ code: "key_wrong" }), { state: "bad", code: "key_wrong", trouble: { code: "key_wrong" } })
})

test("there are words for all that is shown on the way to a verdict", () => {
  const source = readFileSync(new URL("../../voiceapp/static/js/preflight/preflight.js", import.meta.url), "utf8")
  const set = [...source.matchAll(/set\([\w.]+, "(\w+)", [^\n]*?\{ state: "\w+", code: "(\w+)".*/g)].filter(([line]) => !line.includes("trouble"))
  assert.ok(set.length > 10)
  for (const [, name, code] of set) has(`preflight.${name}.${code}.title`)
})
