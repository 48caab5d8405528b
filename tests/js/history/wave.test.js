import assert from "node:assert/strict"
import { test } from "node:test"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { wave } from "../../../voiceapp/static/js/history/wave.js"
import { ABOUT, block, record } from "../support/kept-talk.js"

async function stereo({ talk, kept }) {
  const parts = []
  for await (const part of wave(talk, async n => kept.get(n))) parts.push(part)
  const file = Buffer.concat(parts)
  const samples = new Int16Array(file.buffer, file.byteOffset + 44, (file.length - 44) / 2)
  const at = ms => [samples[2 * 24 * ms], samples[2 * 24 * ms + 1]]
  return { file, at }
}

test("the WAV has both sides in true time, the wait inside an answer too, and nothing that was not heard", async () => {
  const { file, at } = await stereo(await record())
  assert.equal(
    file.toString("latin1", 0, 4) + file.toString("latin1", 8, 16) + file.toString("latin1", 36, 40), "RIFFWAVEfmt data"
  )
  assert.deepEqual([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)], [2, 24000, 16])
  assert.equal(file.readUInt32LE(4), file.length - 8)
  assert.equal(file.readUInt32LE(40), 5000 * 24 * 4)
  const heard = {
    0: [100, 0], 999: [100, 0], 1001: [0, 0], 1499: [0, 0], 1501: [0, 200], 1999: [0, 200], 2050: [0, 0],
    2450: [0, 200], 2899: [0, 200], 2901: [0, 0], 4999: [0, 0]
  }
  for (const [ms, samples] of Object.entries(heard)) assert.deepEqual(at(Number(ms)), samples, ms)
})

test("a long talk is written in windows that fit without a seam", async () => {
  const kept = new Map()
  const clock = { ms: 0 }
  const recorder = new Recorder(ABOUT, () => clock.ms, ({ n }, pcm) => kept.set(n, pcm))
  for (let i = 1; i <= 1700; i++) {
    clock.ms = 40 * i
    recorder.soundSent(block(40, i))
  }
  recorder.finish()
  assert.ok([...kept.values()].every(pcm => pcm.length <= 24 * 5040))
  const { at } = await stereo({ talk: recorder.talk([], []), kept })
  for (let i = 1; i <= 1700; i++) assert.equal(at(40 * i - 20)[0], i)
})
