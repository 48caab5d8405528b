import assert from "node:assert/strict"
import { test } from "node:test"
import { MicrophoneGate } from "../../voiceapp/static/js/audio/microphone-gate.js"
import { HalfDuplex } from "../../voiceapp/static/js/call/half-duplex.js"

test("shut while the assistant plays, until the device and the room are quiet", () => {
  const made = new HalfDuplex()
  const device = { latencyMs: 50 }
  assert.ok(!made.shut({ busy: false }, device, 0))
  assert.ok(made.shut({ busy: true }, device, 1000))
  assert.ok(made.shut({ busy: false }, device, 1249))
  assert.ok(!made.shut({ busy: false }, device, 1250))
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
