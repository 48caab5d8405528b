import assert from "node:assert/strict"
import { test } from "node:test"
import { Talk } from "../../voiceapp/static/js/call/push-to-talk.js"

function talk(canTalk = true) {
  const told = []
  const waiting = []
  const microphone = { resume: () => told.push("open"), pause: () => new Promise(resolve => waiting.push(resolve)) }
  const made = new Talk({ talk: down => told.push(down) }, microphone, () => 0, { canTalk, talkBeginning() {}, talkChanged() {} })
  const settle = async () => { waiting.splice(0).forEach(resolve => resolve()); await new Promise(resolve => setImmediate(resolve)) }
  return { talk: made, told, settle }
}

test("the word is given before the sound, and taken back after the last of it", async () => {
  const { talk: made, told, settle } = talk()
  assert.ok(made.press())
  await settle()
  assert.deepEqual(told, [true, "open"])
  made.key.drop()
  await Promise.resolve()
  assert.deepEqual(told, [true, "open"])
  await settle()
  assert.deepEqual(told, [true, "open", false])
})

test("pressed while the rest of the turn before is on its way, it waits for it", async () => {
  const { talk: made, told, settle } = talk()
  made.press()
  await settle()
  made.key.drop()
  made.press()
  await Promise.resolve()
  assert.deepEqual(told, [true, "open"])
  await settle()
  assert.deepEqual(told, [true, "open", false, true, "open"])
})

test("where turns end in another way it has no use", () => {
  const { talk: made } = talk(false)
  assert.ok(!made.press())
  assert.ok(!made.key.down)
})
