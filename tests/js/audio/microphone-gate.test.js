import assert from "node:assert/strict"
import { test } from "node:test"
import { MicrophoneGate } from "../../../voiceapp/static/js/audio/microphone-gate.js"

const block = () => new Int16Array(960).fill(7)
const passed = (gate, count) => Array.from({ length: count }, () => gate.pass(block())).filter(Boolean)

test("an open gate passes everything as it is", () => {
  assert.deepEqual(passed(new MicrophoneGate(), 2), [block(), block()])
})

test("muted while nobody speaks sends nothing", () => {
  const gate = new MicrophoneGate()
  gate.mute(true)
  assert.equal(passed(gate, 50).length, 0)
})

test("muted in the middle of speech sends silence until the turn has ended, however long the session waits for more", () => {
  for (const waits of [200, 500, 2000, 8000]) {
    const gate = new MicrophoneGate()
    gate.turnChanged("user")
    gate.mute(true)
    const blocks = passed(gate, Math.ceil(waits / 40))
    assert.equal(blocks.length, Math.ceil(waits / 40), `${waits} ms`)
    assert.ok(blocks.every(pcm => pcm.every(sample => sample === 0)))
    gate.turnChanged("thinking")
    assert.equal(passed(gate, 50).length, 0)
  }
})

test("a server that never takes the turn is not sent silence for ever", () => {
  const gate = new MicrophoneGate()
  gate.turnChanged("user")
  gate.mute(true)
  assert.ok(passed(gate, 10_000).length < 500)
})

test("speech that is noticed only after the muting is ended too", () => {
  const gate = new MicrophoneGate()
  gate.mute(true)
  gate.turnChanged("user")
  assert.equal(passed(gate, 100).length, 100)
})

test("unmuted, it passes at once", () => {
  const gate = new MicrophoneGate()
  gate.mute(true)
  gate.mute(false)
  assert.equal(passed(gate, 1).length, 1)
})

test("a gate closed in the middle of speech sends silence, and being closed again changes nothing", () => {
  const gate = new MicrophoneGate()
  gate.turnChanged("user")
  let silent = 0
  for (let i = 0; i < 50; i++) {
    gate.close(true)
    silent += gate.pass(new Int16Array(960).fill(7)) ? 1 : 0
  }
  assert.equal(silent, 50)
  gate.close(false)
  assert.deepEqual(gate.pass(Int16Array.of(7)), Int16Array.of(7))
})
