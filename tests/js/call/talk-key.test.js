import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { TalkKey } from "../../../voiceapp/static/js/call/talk-key.js"

function key() {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
  const clock = { ms: 0 }
  const told = []
  const made = new TalkKey(
    { talkKeyDown: () => told.push("began"), talkKeyUp: () => told.push("ended"), talkKeyChanged() {} }, () => clock.ms
  )
  const wait = ms => { clock.ms += ms; mock.timers.tick(ms) }
  const press = (ms = 0) => { made.press("finger"); wait(ms); if (ms) made.release("finger") }
  return { key: made, told, wait, press }
}

test("held it talks, and ends a moment after it is let go", () => {
  const { key: made, told, wait, press } = key()
  press(600)
  wait(79)
  assert.ok(made.down)
  wait(1)
  assert.deepEqual(told, ["began", "ended"])
})

test("a single short press ends late, for it might have been the first of two", () => {
  const { key: made, told, wait, press } = key()
  press(100)
  wait(299)
  assert.ok(made.down)
  wait(1)
  assert.deepEqual(told, ["began", "ended"])
})

test("pressed twice it stays until the next press, which is no beginning", () => {
  const { key: made, told, wait, press } = key()
  press(100)
  wait(100)
  press(100)
  wait(5000)
  assert.ok(made.locked && made.down)
  press(700)
  wait(500)
  assert.deepEqual(told, ["began", "ended"])
  press(400)
  assert.deepEqual(told, ["began", "ended", "began"])
})

test("pressed again in its last moment it goes on, unlocked", () => {
  const { key: made, told, wait, press } = key()
  press(600)
  wait(50)
  press(600)
  assert.ok(!made.locked)
  wait(80)
  assert.deepEqual(told, ["began", "ended"])
})

test("a key that repeats presses once", () => {
  const { key: made, told } = key()
  made.press(" ")
  made.press(" ")
  assert.deepEqual(told, ["began"])
})

test("a finger and a key at once are one press, until both are let go", () => {
  const { key: made, told, wait } = key()
  for (const [first, second] of [["finger", " "], [" ", "finger"]]) {
    told.length = 0
    made.press("finger")
    wait(1000)
    made.press(" ")
    made.release(first)
    wait(1000)
    assert.deepEqual(told, ["began"])
    made.letGo(first)
    made.release(second)
    wait(80)
    assert.deepEqual(told, ["began", "ended"])
  }
})

test("a press that ended a lock is not ended again", () => {
  const { key: made, told } = key()
  made.toggle()
  made.press(" ")
  made.letGo()
  assert.deepEqual(told, ["began", "ended"])
})

test("what takes the key away ends it, but for a lock", () => {
  const { key: made, told, wait, press } = key()
  press()
  made.letGo()
  assert.deepEqual(told, ["began", "ended"])
  made.toggle()
  wait(1000)
  made.letGo()
  assert.ok(made.down)
  made.drop()
  assert.ok(!made.down && !made.locked)
  assert.equal(told.length, 4)
})

test("without a finger it toggles", () => {
  const { key: made, told, wait } = key()
  made.toggle()
  wait(2000)
  assert.ok(made.locked)
  made.toggle()
  wait(1000)
  assert.deepEqual(told, ["began", "ended"])
})
