import assert from "node:assert/strict"
import { test } from "node:test"
import { EchoGuard } from "../../../voiceapp/static/js/audio/echo-guard.js"
import { converse } from "../support/room.js"
import { babble } from "../support/speech.js"
import { tone } from "../support/signal.js"
import { worklet } from "../support/worklet.js"

const RATE = 24000
const TURNS = 10
const EVERY_S = 5
const SPOKEN_S = 4

const talks = new Map()

/** Ten answers of four seconds, and the person two seconds into each: a test's own, of what is made once. */
function talk({ level = 0, rate = RATE }) {
  const key = `${level} ${rate}`
  if (!talks.has(key)) talks.set(key, spoken(level, rate))
  return { playback: talks.get(key).playback, speech: talks.get(key).speech.slice() }
}

function spoken(level, rate) {
  const playback = new Float32Array((TURNS * EVERY_S + 1) * rate)
  const speech = new Float32Array(playback.length)
  for (let turn = 0; turn < TURNS; turn++) {
    playback.set(babble(SPOKEN_S, rate, 10 + turn), (turn * EVERY_S + 0.5) * rate)
    if (level) speech.set(babble(1.5, rate, 500 + turn, level), (turn * EVERY_S + 2.5) * rate)
  }
  return { playback, speech }
}

const voices = judged => judged.filter(({ judgement }) => judgement === "voice").map(({ at }) => at)

const ROOMS = [[-20, 80, 24000], [-20, 80, 48000], [-30, 200, 44100], [-12, 40, 24000], [-45, 120, 24000]]
for (const [echoDb, delayMs, rate] of [...ROOMS, [-20, 450, 24000], [-20, 500, 48000]]) {
  test(`an echo at ${echoDb} dB after ${delayMs} ms is no person in ${TURNS} of ${TURNS} answers (${rate} Hz)`, () => {
    const guard = new EchoGuard(rate)
    assert.deepEqual(voices(converse(guard, rate, { ...talk({ rate }), echoDb, delayMs })), [])
  })
}

for (const [level, spoken] of [[0.07, "as loud as the assistant"], [0.035, "half as loud"]]) {
  test(`through an echo at -20 dB a person ${spoken} is heard in ${TURNS} of ${TURNS} answers, within half a second`, () => {
    const guard = new EchoGuard(RATE)
    const found = voices(converse(guard, RATE, { ...talk({ level }), echoDb: -20, delayMs: 80 }))
    for (let turn = 0; turn < TURNS; turn++) {
      const began = turn * EVERY_S + 2.5
      const at = found.find(time => time >= began && time < began + 1.5)
      assert.ok(
        at !== undefined && at - began < 0.5,
        `turn ${turn}: ${at === undefined ? "not" : Math.round(1000 * (at - began))}`
      )
    }
  })
}

test("waveforms are compared in the first two seconds of playback alone", () => {
  const guard = new EchoGuard(RATE)
  const played = babble(4, RATE, 3)
  const hear = (from, to) => guard.hear(new Float32Array((to - from) * RATE), played.subarray(from * RATE, to * RATE))
  hear(0, 1)
  assert.ok(guard.waveform)
  hear(1, 4)
  assert.equal(guard.waveform, null)
})

test("the way of the echo is learned: its level and its delay", () => {
  const guard = new EchoGuard(RATE)
  converse(guard, RATE, { ...talk({}), echoDb: -20, delayMs: 80 })
  assert.ok(Math.abs(guard.path.gain + 19) < 4, guard.path.gain)
  assert.ok(guard.path.delay >= 6 && guard.path.delay <= 16, guard.path.delay)
})

test("a click during the answer is no person", () => {
  const { playback, speech } = talk({})
  for (let turn = 0; turn < TURNS; turn++)
    speech.fill(0.5, (turn * EVERY_S + 2.5) * RATE, (turn * EVERY_S + 2.5) * RATE + 480)
  const guard = new EchoGuard(RATE)
  assert.deepEqual(voices(converse(guard, RATE, { playback, speech, echoDb: -20, delayMs: 80 })), [])
})

test("who was speaking when the answer began is still heard", () => {
  const { playback, speech } = talk({})
  speech.set(babble(2, RATE, 3), 0.1 * RATE)
  const guard = new EchoGuard(RATE)
  const judged = converse(guard, RATE, { playback, speech, echoDb: -20, delayMs: 80 })
  assert.equal(judged[0].judgement, "voice")
})

test("a microphone that gives zeros at first does not make the noise of the room a voice", () => {
  const guard = new EchoGuard(RATE)
  const hum = Float32Array.from(
    { length: 6 * RATE }, (_, i) => i < RATE ? 0 : 0.002 * Math.sin(2 * Math.PI * 500 * i / RATE)
  )
  const playback = new Float32Array(6 * RATE)
  playback.set(babble(4, RATE, 3), 1.5 * RATE)
  const judged = []
  for (let at = 0; at < hum.length; at += 128) {
    if (guard.hear(hum.subarray(at, at + 128), playback.subarray(at, at + 128))) judged.push(guard.judgement)
  }
  assert.ok(judged.includes("guarding"))
  assert.ok(!judged.includes("voice"), judged.join())
})

test("an answer's end is the guard's: at once with headphones, else when the echo has gone", () => {
  const playback = new Float32Array(6 * RATE)
  playback.set(babble(4, RATE, 3).fill(0, 3.9 * RATE), 0.5 * RATE)
  for (const [echoDb, from, to] of [[-Infinity, 0.1, 0.35], [-12, 0.2, 1]]) {
    const idle = converse(new EchoGuard(RATE), RATE, { playback, echoDb, delayMs: 300 }).at(-1)
    assert.equal(idle.judgement, "idle")
    assert.ok(idle.at > 4.4 + from && idle.at < 4.4 + to, `${echoDb}: ${idle.at}`)
  }
})

test("while nothing is played there is nothing to guard against", () => {
  const guard = new EchoGuard(RATE)
  assert.deepEqual(
    converse(guard, RATE, { playback: new Float32Array(RATE), speech: babble(1, RATE, 5), echoDb: -20, delayMs: 80 }),
    []
  )
})

test("in the worklet the echo goes up as silence, of the same length, and speech whole", async () => {
  const capture = await worklet("capture", RATE)
  capture.tell({ type: "guard", on: true })
  capture.tell({ type: "open", length: 960 })
  const playback = babble(3, RATE, 7)
  capture.hear(playback.map((_, i) => 0.1 * (playback[i - 1920] ?? 0)), playback)
  capture.hear(new Float32Array(RATE), new Float32Array(RATE))
  const blocks = capture.posted("block")
  assert.equal(blocks.length, 100)
  assert.ok(blocks.every(({ pcm }) => pcm.every(sample => sample === 0)))
  assert.deepEqual(capture.posted("judged").at(-1).judgement, "idle")
  capture.hear(tone(440, RATE, RATE), new Float32Array(RATE))
  assert.ok(capture.posted("block").at(-1).pcm.some(sample => sample !== 0))
})

test("without the guard everything goes up as it is", async () => {
  const capture = await worklet("capture", RATE)
  capture.tell({ type: "open", length: 960 })
  const playback = babble(1, RATE, 7)
  capture.hear(playback.map(sample => 0.1 * sample), playback)
  assert.ok(capture.posted("block").some(({ pcm }) => pcm.some(sample => sample !== 0)))
  assert.deepEqual(capture.posted("judged"), [])
})
