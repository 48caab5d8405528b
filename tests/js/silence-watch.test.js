import assert from "node:assert/strict"
import { test } from "node:test"
import { SilenceWatch } from "../../voiceapp/static/js/silence-watch.js"

function watch() {
  const told = []
  const made = new SilenceWatch({ silenceBegan: () => told.push("began"), silenceEnded: () => told.push("ended") })
  const hear = (peak, seconds) => { for (let i = 0; i < seconds * 10; i++) made.hear(peak, 100) }
  return { watch: made, hear, told }
}

test("five seconds of silence are noticed once, and the first sound ends it", () => {
  const { hear, told } = watch()
  hear(0.0002, 4.9)
  assert.deepEqual(told, [])
  hear(0.0002, 5)
  assert.deepEqual(told, ["began"])
  hear(0.02, 0.1)
  assert.deepEqual(told, ["began", "ended"])
})

test("a quiet room after speech is no fault; a microphone gone dead is", () => {
  const { hear, told } = watch()
  hear(0.1, 0.1)
  hear(0.0002, 20)
  assert.deepEqual(told, [])
  hear(0, 5)
  assert.deepEqual(told, ["began"])
})

test("another microphone begins anew", () => {
  const { watch: made, hear, told } = watch()
  hear(0, 5)
  made.reset()
  hear(0, 4)
  assert.deepEqual(told, ["began", "ended"])
})
