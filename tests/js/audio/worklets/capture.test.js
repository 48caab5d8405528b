import assert from "node:assert/strict"
import { test } from "node:test"
import { snr, tone, floats } from "../../support/signal.js"
import { worklet } from "../../support/worklet.js"

function joined(blocks) {
  return floats(blocks.flatMap(({ pcm }) => [...pcm]))
}

for (const rate of [16000, 24000, 44100, 48000, 96000]) {
  test(`one second at ${rate} Hz makes 25 blocks of 40 ms`, async () => {
    const capture = await worklet("capture", rate)
    capture.tell({ type: "open", length: 960 })
    capture.hear(tone(440, rate, Math.ceil(1.02 * rate)))
    const blocks = capture.posted("block")
    assert.equal(blocks.length, 25)
    assert.ok(blocks.every(({ pcm }) => pcm instanceof Int16Array && pcm.length === 960))
    const got = joined(blocks).subarray(500)
    assert.ok(snr(tone(440, 24000, got.length + 500).subarray(500), got) > 70)
  })
}

test("what is left of a block is delivered at the end, and then the end is told", async () => {
  const capture = await worklet("capture", 24000)
  capture.tell({ type: "open", length: 960 })
  capture.hear(tone(440, 24000, 1500))
  capture.tell({ type: "close" })
  assert.deepEqual(capture.posted("block").map(({ pcm }) => pcm.length), [960, 540])
  assert.equal(capture.posted().at(-1).type, "closed")
})

test("a leftover under a millisecond is no chunk", async () => {
  const capture = await worklet("capture", 24000)
  capture.tell({ type: "open", length: 960 })
  capture.hear(tone(440, 24000, 980))
  capture.tell({ type: "close" })
  assert.equal(capture.posted("block").length, 1)
})

test("nothing is posted before it is opened, and the last 300 ms are not lost", async () => {
  const capture = await worklet("capture", 24000)
  const input = tone(440, 24000, 24000)
  capture.hear(input)
  assert.equal(capture.posted("block").length, 0)
  capture.tell({ type: "open", length: 480 })
  assert.equal(capture.posted("block").length, 15)
  assert.ok(snr(input.subarray(24000 - 7200), joined(capture.posted("block"))) > 70)
})

test("after it was closed it keeps silent until it is opened again", async () => {
  const capture = await worklet("capture", 24000)
  capture.tell({ type: "open", length: 480 })
  capture.tell({ type: "close" })
  capture.hear(tone(440, 24000, 4800))
  assert.equal(capture.posted("block").length, 0)
})

test("full scale is clipped, not wrapped", async () => {
  const capture = await worklet("capture", 24000)
  capture.tell({ type: "open", length: 480 })
  capture.hear(Float32Array.from({ length: 480 }, (_, i) => i % 2 ? 1.5 : -1.5))
  assert.deepEqual([...new Set(capture.posted("block")[0].pcm)], [-32768, 32767])
})

test("an input that is not connected is no sound", async () => {
  const capture = await worklet("capture", 24000)
  capture.tell({ type: "open", length: 480 })
  assert.equal(capture.processor.process([[]], [[new Float32Array(128)]]), true)
  assert.equal(capture.posted().length, 0)
})
