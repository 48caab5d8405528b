import assert from "node:assert/strict"
import { test } from "node:test"
import { SilenceWatch } from "../../../voiceapp/static/js/call/silence-watch.js"

function watch() {
  const told = []
  const made = new SilenceWatch({ silenceBegan: () => told.push("began"), silenceEnded: () => told.push("ended") })
  const hear = (peak, seconds, awaited = true) => {
    for (let i = 0; i < seconds * 10; i++) made.hear(peak, 100, awaited)
  }
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

test("a microphone that has worked is never suspected, not even behind a noise gate that shuts wholly", () => {
  const { hear, told } = watch()
  hear(0.1, 0.1)
  hear(0.0002, 20)
  hear(0, 60)
  assert.deepEqual(told, [])
})

test("who listens to the assistant, to a greeting as long as it may be, is not told that they are silent", () => {
  const { hear, told } = watch()
  hear(0, 60, false)
  hear(0, 4.9)
  hear(0, 60, false)
  hear(0, 4.9)
  assert.deepEqual(told, [])
})

test("whom the other side has heard is not silent", () => {
  const { watch: made, hear, told } = watch()
  hear(0.0001, 5)
  made.understood()
  hear(0, 60)
  assert.deepEqual(told, ["began", "ended"])
})

test("another microphone begins anew", () => {
  const { watch: made, hear, told } = watch()
  hear(0, 5)
  made.reset()
  hear(0, 4)
  assert.deepEqual(told, ["began", "ended"])
})
