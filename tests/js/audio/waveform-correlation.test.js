import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { WaveformCorrelation } from "../../../voiceapp/static/js/audio/waveform-correlation.js"
import { throughRoom } from "../support/room.js"
import { RATE, absent, say } from "../support/voices.js"

const missing = absent()
const FRAME = RATE / 100
const FAINT = 0.001

/** Both, frame by frame, from where the first sound is heard: for so many frames in which something is heard. */
function compared(heard, played, frames, correlation = new WaveformCorrelation(RATE)) {
  for (let at = 0; at + FRAME <= heard.length && correlation.frames < frames; at += FRAME) {
    const frame = heard.subarray(at, at + FRAME)
    frame.forEach((sample, i) => correlation.add(sample, played[at + i] ?? 0))
    correlation.frame(Math.sqrt(frame.reduce((sum, sample) => sum + sample ** 2, 0) / FRAME) > FAINT)
  }
  return correlation
}

function later(samples, ms, gain = () => 0.1) {
  const delay = Math.round(ms * RATE / 1000)
  return Float32Array.from({ length: samples.length + delay }, (_, i) => gain(i / RATE) * (samples[i - delay] ?? 0))
}

describe("of two waveforms", { skip: missing.length > 0 && `not installed: ${missing.join(", ")}` }, () => {
  let assistant, room, person
  before(() => {
    assistant = say(["flite", "slt"], "Take the second street on the left, go past the church, and you will see it.", -16)
    room = throughRoom(assistant, RATE)
    person = say(["flite", "rms"], "No, that is not what I meant. I wanted to know how to get to the station.", -30)
  })

  for (const ms of [0, 83.1, 211.2, 450, 620]) {
    test(`an echo that comes ${ms} ms late is found in 200 ms of it, through a room`, () => {
      assert.ok(!compared(later(room, ms), assistant, 20).differs)
      assert.ok(!compared(later(room, ms), assistant, 100).differs)
    })
  }

  for (const after of [0, 200, 350, 600]) {
    test(`a person who speaks ${after} ms into it is told from it in 200 ms`, () => {
      const heard = later(person, after, () => 1)
      assert.ok(!compared(heard, assistant, 19).differs, "sooner it may be chance")
      assert.ok(compared(heard, assistant, 20).differs)
      assert.ok(compared(heard, assistant, 100).differs)
    })
  }

  test("an echo stays one while a browser learns to cancel it", () => {
    for (const dbPerS of [60, 200]) {
      const learns = seconds => 10 ** (-(10 + Math.min(40, dbPerS * seconds)) / 20)
      for (const frames of [20, 25, 30]) assert.ok(!compared(later(room, 100, learns), assistant, frames).differs)
    }
  })

  test("silence after an echo takes nothing away, and the next answer begins anew", () => {
    const correlation = compared(later(room, 100), assistant, 30)
    const { best } = correlation
    for (let frame = 0; frame < 50; frame++) {
      for (let i = 0; i < FRAME; i++) correlation.add(0, assistant[i])
      correlation.frame(false)
    }
    assert.equal(correlation.best, best)
    correlation.forget()
    assert.ok(!compared(person, assistant, 19, correlation).differs)
    assert.ok(compared(person, assistant, 20, correlation).differs)
  })
})

test("at every rate of a device a frame has room", () => {
  for (const rate of [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000]) {
    const correlation = new WaveformCorrelation(rate)
    for (let i = 0; i < Math.round(0.01 * rate); i++) correlation.add(1, 1)
    assert.ok(correlation.count >= 30 && correlation.count < correlation.heard.length, `${rate}: ${correlation.count}`)
  }
})
