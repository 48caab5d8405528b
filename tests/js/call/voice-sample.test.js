import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { encode } from "../../../voiceapp/static/js/audio/base64.js"
import { VoiceSample } from "../../../voiceapp/static/js/call/voice-sample.js"
import { Line } from "../support/line.js"

const SECOND = encode(new Int16Array(24000).fill(1000))

/** What plays the sound: notes when each piece begins. */
class Context {
  currentTime = 0
  resumed = false
  closed = false
  begun = []

  async resume() { this.resumed = true }
  async close() { this.closed = true }
  createBuffer(_, length, rate) { return { duration: length / rate, copyToChannel() {} } }
}

function sample(trouble = null) {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
  const contexts = []
  globalThis.AudioContext = class extends Context { constructor() { super(); contexts.push(this) } }
  globalThis.AudioBufferSourceNode =
    class { constructor(context) { this.context = context } connect() {} start(at) { this.context.begun.push(at) } }
  const lines = []
  const failed = []
  const connect = () => { lines.push(new Line()); return lines.at(-1) }
  const made = new VoiceSample(
    connect, async () => ({ reached: trouble !== null, trouble }),
    { sampleChanged() {}, sampleFailed: ({ code }) => failed.push(code) }
  )
  made.play({ voice: "ash" }, "Hello")
  return { made, lines, line: lines[0], context: contexts[0], failed }
}

function live() {
  const played = sample()
  played.line.come("connect")
  played.line.come("ready", {})
  return played
}

test("the sound is awake before anything is waited for", () => {
  assert.ok(sample().context.resumed)
})

test("it is heard to its end, while the call is over as soon as all of it is there", () => {
  const { made, line, context } = live()
  for (const base64 of [SECOND, SECOND, ""]) line.come("audio", 0, "item", base64)
  assert.deepEqual(line.events, ["start", "text", "stop", "disconnect"])
  mock.timers.tick(2000)
  assert.ok(made.playing && !context.closed)
  mock.timers.tick(500)
  assert.ok(!made.playing && context.closed)
})

test("one that starts late is as long as any other, and no longer", () => {
  const { line, context } = live()
  context.currentTime = 20
  for (let n = 0; n < 15; n++) line.come("audio", n, "item", SECOND)
  assert.equal(context.begun.length, 10)
  assert.deepEqual(line.events, ["start", "text", "stop", "disconnect"])
})

test("a connection that is lost ends it, and is not made again", () => {
  const { made, line, failed } = live()
  line.come("disconnect", "transport close")
  assert.deepEqual([made.playing, failed], [false, ["sample_lost"]])
  assert.equal(line.events.at(-1), "disconnect")
})

test("a call that ends is the end of it, and what came of it is heard", () => {
  const { made, line, failed } = live()
  line.come("audio", 0, "item", SECOND)
  line.come("ended", { reason: "call_s" })
  mock.timers.tick(900)
  assert.ok(made.playing)
  mock.timers.tick(500)
  assert.deepEqual([made.playing, failed], [false, []])
})

test("nobody waits for ever: as long as something comes, but not 30 s longer", () => {
  const { made, line, failed } = live()
  mock.timers.tick(29_000)
  line.come("notice", { code: "engine_starting" })
  mock.timers.tick(29_000)
  assert.ok(made.playing)
  mock.timers.tick(2_000)
  assert.deepEqual([made.playing, failed, line.events.at(-1)], [false, ["upstream_stalled"], "disconnect"])
})

test("one that is refused says why, or that nobody is there", async () => {
  for (const trouble of [{ code: "busy" }, null]) {
    const { made, line, failed } = sample(trouble)
    line.come("connect_error")
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual([made.playing, failed], [false, [trouble?.code ?? "server_away"]])
  }
})

test("stopped by hand or by another one, it is silent, and what it still says is not heard", () => {
  const { made, lines, line, failed } = live()
  made.play({ voice: "cedar" }, "Hello")
  line.come("audio", 0, "item", SECOND)
  line.come("disconnect", "io client disconnect")
  assert.deepEqual([made.playing, failed, lines.length], [true, [], 2])
  made.stop()
  assert.deepEqual([made.playing, failed], [false, []])
})
