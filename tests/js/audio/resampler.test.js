import assert from "node:assert/strict"
import { test } from "node:test"
import { Resampler } from "../../../voiceapp/static/js/audio/resampler.js"
import { decibels, power, snr, tone } from "../support/signal.js"

const RATES = [16000, 44100, 48000, 96000]

function resample(from, to, input, step = 128) {
  const resampler = new Resampler(from, to)
  const output = new Float32Array(Math.ceil(input.length * to / from))
  let written = 0
  for (let at = 0; at < input.length; at += step) {
    resampler.feed(input.subarray(at, at + step))
    written += resampler.read(output, written, output.length - written)
  }
  resampler.finish()
  written += resampler.read(output, written, output.length - written)
  assert.equal(written, output.length)
  assert.ok(resampler.finished)
  return output
}

const middle = samples => samples.subarray(2000, samples.length - 2000)

for (const rate of [8000, 11025, 22050, 32000, 88200, 192000, ...RATES]) {
  for (const hz of [100, 1000, Math.min(rate, 24000) * 0.4]) {
    test(`a tone of ${hz} Hz goes from ${rate} to 24000 Hz and keeps its place in time`, () => {
      const got = resample(rate, 24000, tone(hz, rate, rate))
      const quality = snr(middle(tone(hz, 24000, got.length)), middle(got))
      assert.ok(quality > 80, `${quality.toFixed(1)} dB`)
    })
    test(`a tone of ${hz} Hz goes from 24000 to ${rate} Hz`, () => {
      const got = resample(24000, rate, tone(hz, 24000, 24000))
      const quality = snr(middle(tone(hz, rate, got.length)), middle(got))
      assert.ok(quality > 80, `${quality.toFixed(1)} dB`)
    })
  }
}

for (const rate of [44100, 48000, 96000]) {
  for (const hz of [12000, 12500, 13500, 16000, 20000, 22000]) {
    test(`a tone of ${hz} Hz at ${rate} Hz leaves no alias above -60 dB`, () => {
      const input = tone(hz, rate, rate)
      const alias = decibels(power(middle(resample(rate, 24000, input))) / power(input))
      assert.ok(alias < -60, `${alias.toFixed(1)} dB`)
    })
  }
}

test("a 16 kHz microphone's sound has no image above its own band", () => {
  const got = middle(resample(16000, 24000, tone(5000, 16000, 16000)))
  assert.ok(snr(middle(tone(5000, 24000, 24000)), got) > 60)
})

test("an uncommon rate is met closely", () => {
  const got = resample(44056, 24000, tone(1000, 44056, 44056))
  assert.ok(snr(middle(tone(1000, 24000, got.length)), middle(got)) > 60)
})

test("at the same rate samples pass unchanged", () => {
  const input = tone(440, 24000, 1000)
  assert.deepEqual(resample(24000, 24000, input), input)
})

test("the size of the pieces changes nothing", () => {
  const input = tone(777, 48000, 9600)
  assert.deepEqual(resample(48000, 24000, input, 128), resample(48000, 24000, input, 1))
})
