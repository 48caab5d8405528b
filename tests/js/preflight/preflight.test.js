import assert from "node:assert/strict"
import { test } from "node:test"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { Preflight } from "../../../voiceapp/static/js/preflight/preflight.js"
import { Line } from "../support/line.js"

const settle = () => new Promise(resolve => setImmediate(resolve))

test("once more asks for a call only when the one before is over", async () => {
  const lines = []
  const connect = () => { lines.push(new Line()); return lines.at(-1) }
  const parts = {
    checkSupport: () => "insecure", devices: undefined, preferences: new Preferences(
      null, { preferenceChanged() {} }
    ), connect, ask: async () => ({ reached: false, trouble: null }), request: () => ({}),
    ping: async () => {}, now: () => 0
  }
  const preflight = new Preflight(parts, { preflightChanged() {}, preflightHeard() {} })
  preflight.start()
  await settle()
  lines[0].come("connect")
  preflight.start()
  await settle()
  assert.deepEqual([lines[0].events, lines.length], [["start", "stop"], 1])
  lines[0].come("ended", { reason: "stopped" })
  await settle()
  assert.equal(lines.length, 2)
  lines[1].come("connect")
  lines[1].come("ready", {})
  lines[1].come("ended", { reason: "stopped" })
  await settle()
  assert.equal(preflight.verdicts.get("service")?.state, "good")
})
