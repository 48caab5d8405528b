import assert from "node:assert/strict"
import { test } from "node:test"
import { TrialCall } from "../../../voiceapp/static/js/preflight/trial-call.js"
import { Line } from "../support/line.js"

function rehearse(trouble = null, reached = trouble !== null) {
  const line = new Line()
  const loading = []
  const trialCall = new TrialCall(
    () => line, async () => ({ reached, trouble }), { greet: false }, progress => loading.push(progress)
  )
  return { line, loading, trialCall, ran: trialCall.run() }
}

test("ready is good, and nothing is left: the call is ended before the line is", async () => {
  const { line, loading, ran } = rehearse()
  line.come("connect")
  line.come("notice", { code: "engine_starting", progress: { part: "voice", done: 2, of: 3 } })
  line.come("ready", {})
  await null
  assert.deepEqual(line.said.map(([event, payload]) => [event, payload]), [["start", { greet: false }], ["stop", {}]])
  line.come("ended", { reason: "stopped" })
  assert.equal(await ran, null)
  assert.deepEqual(line.events, ["start", "stop", "disconnect"])
  assert.deepEqual(loading.map(({ progress }) => progress.done), [2])
})

test("what ends the call is the reason", async () => {
  const { line, ran } = rehearse()
  line.come("connect")
  line.come("notice", { code: "quota", fatal: true })
  line.come("ended", { reason: "quota" })
  assert.deepEqual(await ran, { code: "quota", fatal: true })
})

test("a start that is refused is not stopped, and says why", async () => {
  const { line, ran } = rehearse()
  line.come("connect")
  line.said[0][2]({ ok: false, error: { code: "busy" } })
  assert.deepEqual(await ran, { code: "busy" })
  assert.deepEqual(line.events, ["start", "disconnect"])
})

test("a line that is refused says why, or that nobody is there", async () => {
  for (const trouble of [{ code: "busy" }, null]) {
    const { line, ran } = rehearse(trouble)
    line.come("connect_error")
    assert.deepEqual(await ran, trouble ?? { code: "connection_lost" })
    assert.deepEqual(line.events, ["disconnect"])
  }
})

test("a line that is refused three times, while the server answers, is said to be stopped on the way", async () => {
  const { line, ran } = rehearse(null, true)
  line.active = true
  for (let i = 0; i < 3; i++) line.come("connect_error")
  assert.deepEqual(await ran, { code: "no_websocket" })
  assert.deepEqual(line.events, ["disconnect"])
})

test("skipped on its way, it asks for no call when it arrives", async () => {
  const { line, trialCall, ran } = rehearse()
  await trialCall.stop()
  await ran
  assert.deepEqual(line.events, ["disconnect"])
  line.come("connect")
  assert.deepEqual(line.events, ["disconnect", "disconnect"])
})

test("skipped while the call is on its way, it is ended, and whoever calls next waits for that", async () => {
  const { line, trialCall } = rehearse()
  line.come("connect")
  let over = false
  const stopped = trialCall.stop().then(() => { over = true })
  await new Promise(resolve => setImmediate(resolve))
  assert.ok(!over)
  line.come("ended", { reason: "stopped" })
  await stopped
  assert.deepEqual(line.events, ["start", "stop", "disconnect"])
})
