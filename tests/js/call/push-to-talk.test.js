import assert from "node:assert/strict"
import { test } from "node:test"
import { PushToTalk } from "../../../voiceapp/static/js/call/push-to-talk.js"

function sendTalk(canTalk = true) {
  const told = []
  const waiting = []
  const microphone = { resume: () => told.push("open"), pause: () => new Promise(resolve => waiting.push(resolve)) }
  const made = new PushToTalk(
    { sendTalk: down => told.push(down) }, microphone, () => 0, { canTalk, pushToTalkBegan() {}, talkKeyChanged() {} }
  )
  const settle = async () => {
    waiting.splice(0).forEach(resolve => resolve()); await new Promise(resolve => setImmediate(resolve))
  }
  return { sendTalk: made, told, settle }
}

test("the word is given before the sound, and taken back after the last of it", async () => {
  const { sendTalk: made, told, settle } = sendTalk()
  assert.ok(made.press(" "))
  await settle()
  assert.deepEqual(told, [true, "open"])
  made.key.drop()
  await Promise.resolve()
  assert.deepEqual(told, [true, "open"])
  await settle()
  assert.deepEqual(told, [true, "open", false])
})

test("pressed while the rest of the turn before is on its way, it waits for it", async () => {
  const { sendTalk: made, told, settle } = sendTalk()
  made.press(" ")
  await settle()
  made.key.drop()
  made.press(" ")
  await Promise.resolve()
  assert.deepEqual(told, [true, "open"])
  await settle()
  assert.deepEqual(told, [true, "open", false, true, "open"])
})

test("where turns end in another way it has no use", () => {
  const { sendTalk: made } = sendTalk(false)
  assert.ok(!made.press(" "))
  assert.ok(!made.key.down)
})
