import assert from "node:assert/strict"
import { test } from "node:test"
import { HalfDuplex } from "../../../voiceapp/static/js/call/half-duplex.js"

test("shut while the assistant plays, until the device and the room are quiet", () => {
  const made = new HalfDuplex()
  const device = { latencyMs: 50 }
  assert.ok(!made.shut({ busy: false }, device, 0))
  assert.ok(made.shut({ busy: true }, device, 1000))
  assert.ok(made.shut({ busy: false }, device, 1249))
  assert.ok(!made.shut({ busy: false }, device, 1250))
})
