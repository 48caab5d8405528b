import assert from "node:assert/strict"
import { test } from "node:test"
import { WorkSound } from "../../../voiceapp/static/js/audio/work-sound.js"

/** A context that keeps what is to be heard, and when. */
function makeContext() {
  const context = { currentTime: 0, destination: {}, tones: [], peaks: [] }
  context.createOscillator = () => ({
    frequency: {}, connect: next => next, stop() {}, start(at) { context.tones.push([this.frequency.value, at]) }
  })
  context.createGain = () => ({
    gain: { setValueAtTime() {}, linearRampToValueAtTime: value => context.peaks.push(value) }, connect() {}
  })
  return context
}

test("it is two soft tones, one after the other", () => {
  const context = makeContext()
  new WorkSound().play(context)
  assert.equal(context.tones.length, 2)
  assert.ok(context.tones[0][1] < context.tones[1][1])
  assert.ok(Math.max(...context.peaks) < 0.05)
})

test("however often it is asked for, it comes now and then", () => {
  const context = makeContext()
  const sound = new WorkSound()
  for (let second = 0; second < 6; second++) {
    context.currentTime = second
    sound.play(context)
  }
  assert.deepEqual(context.tones.map(([, at]) => Math.floor(at)), [0, 0, 2, 2, 4, 4])
})
