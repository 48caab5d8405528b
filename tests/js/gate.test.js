import assert from "node:assert/strict"
import { test } from "node:test"
import { Gate } from "../../voiceapp/static/js/gate.js"

const block = () => new Int16Array(960).fill(7)
const passed = (gate, count) => Array.from({ length: count }, () => gate.pass(block())).filter(Boolean)

test("an open gate passes everything as it is", () => {
  assert.deepEqual(passed(new Gate(), 2), [block(), block()])
})

test("muted while nobody speaks sends nothing", () => {
  const gate = new Gate()
  gate.mute(true)
  assert.equal(passed(gate, 50).length, 0)
})

test("muted in the middle of speech sends a second of silence, so that the turn can end", () => {
  const gate = new Gate()
  gate.turnChanged("user")
  gate.mute(true)
  const blocks = passed(gate, 100)
  assert.equal(blocks.length, 25)
  assert.ok(blocks.every(pcm => pcm.every(sample => sample === 0)))
})

test("the silence stops once the turn has ended", () => {
  const gate = new Gate()
  gate.turnChanged("user")
  gate.mute(true)
  passed(gate, 5)
  gate.turnChanged("thinking")
  assert.equal(passed(gate, 50).length, 0)
})

test("speech that is noticed only after the muting is ended too", () => {
  const gate = new Gate()
  gate.mute(true)
  gate.turnChanged("user")
  assert.equal(passed(gate, 100).length, 25)
})

test("unmuted, it passes at once", () => {
  const gate = new Gate()
  gate.mute(true)
  gate.mute(false)
  assert.equal(passed(gate, 1).length, 1)
})
