import assert from "node:assert/strict"
import { test } from "node:test"
import { floats, pcm, power, tone } from "../support/signal.js"
import { worklet } from "../support/worklet.js"

const QUANTUM = 128 / 24
const quanta = ms => Math.round(ms / QUANTUM)
const silent = samples => samples.every(sample => sample === 0)

async function playing(ms, { length = 96000, sound = pcm(length) } = {}) {
  const player = await worklet("playback", 24000)
  player.tell({ type: "append", item: "a", pcm: sound })
  player.play(quanta(ms))
  return { player, sound }
}

/** Where the clip begins in the sound. */
const placeOf = (clip, sound, behindMs = 0) => {
  const all = floats(sound)
  const alike = i => clip.every((sample, j) => Math.abs(all[i + j] - sample) < 1e-4)
  const at = all.findIndex((_, i) => i >= behindMs * 24 && alike(i))
  return at / 24
}

test("a held playback is silent within 200 ms, and at a third of its loudness within 30", async () => {
  const sound = Int16Array.from(tone(440, 24000, 96000), sample => sample * 16000)
  const { player } = await playing(1000, { sound })
  player.tell({ type: "hold" })
  const after = player.play(quanta(400))
  const part = (from, to) => after.subarray(from * 24, to * 24)
  assert.ok(power(part(26, 40)) < power(floats(sound.subarray(0, 2400))) / 9)
  assert.ok(silent(part(200, 390)))
})

test("it says where it was held, once, and nothing moves meanwhile", async () => {
  const { player } = await playing(1000)
  player.tell({ type: "hold" })
  player.play(quanta(2000))
  const [{ item, ms }, ...more] = player.posted("held")
  assert.deepEqual([item, more.length], ["a", 0])
  assert.ok(ms > 1000 && ms < 1200, ms)
  assert.ok(player.posted("position").every(position => position.ms <= ms))
  player.tell({ type: "flush", item: "a" })
  assert.equal(player.posted("flushed")[0].ms, ms)
  assert.ok(silent(player.play(10)))
})

test("it goes on 400 ms before that, then without a gap, and each sample counts once", async () => {
  const { player, sound } = await playing(1000)
  player.tell({ type: "hold" })
  player.play(quanta(1000))
  const [{ ms }] = player.posted("held")
  player.tell({ type: "goOn" })
  const again = player.play(quanta(1200))
  const from = placeOf(again.subarray(50 * 24, 60 * 24), sound, ms - 400) - 50
  assert.ok(Math.abs(ms - 400 - from) < 1, `${ms} ${from}`)
  assert.deepEqual(again.subarray(50 * 24, 1100 * 24), floats(sound).subarray((from + 50) * 24, (from + 1100) * 24))
  player.tell({ type: "flush", item: "a" })
  assert.ok(Math.abs(player.posted("flushed")[0].ms - (ms + 800)) < 2 * QUANTUM)
})

test("cut while it is played again, no more was heard than before it was held", async () => {
  const { player } = await playing(1000)
  player.tell({ type: "hold" })
  player.play(quanta(500))
  player.tell({ type: "goOn" })
  player.play(quanta(200))
  player.tell({ type: "flush", item: "a" })
  assert.equal(player.posted("flushed")[0].ms, player.posted("held")[0].ms)
})

test("held twice it goes on from where it was first held", async () => {
  const { player, sound } = await playing(1000)
  for (let i = 0; i < 2; i++) {
    player.tell({ type: "hold" })
    player.play(quanta(500))
    player.tell({ type: "goOn" })
    if (i === 0) player.play(quanta(100))
  }
  const again = player.play(quanta(600))
  assert.ok(placeOf(again.subarray(50 * 24, 60 * 24), sound) < player.posted("held")[0].ms - 300)
  assert.ok(placeOf(again.subarray(500 * 24, 510 * 24), sound) > 0)
})

test("what comes while it is held waits, and what is flushed is not played again", async () => {
  const player = await worklet("playback", 24000)
  player.tell({ type: "hold" })
  player.tell({ type: "append", item: "a", pcm: pcm(9600, 1) })
  assert.ok(silent(player.play(quanta(200))))
  assert.equal(player.posted("started").length, 0)
  player.tell({ type: "append", item: "b", pcm: pcm(9600, 2) })
  player.tell({ type: "flush", item: "a" })
  player.tell({ type: "goOn" })
  const output = player.play(quanta(100))
  assert.deepEqual(output.subarray(31 * 24, 90 * 24), floats(pcm(9600, 2)).subarray(31 * 24, 90 * 24))
})

test("an answer that has just begun goes on from its beginning, not from the one before", async () => {
  const player = await worklet("playback", 24000)
  player.tell({ type: "append", item: "a", pcm: pcm(4800, 1) })
  player.tell({ type: "complete", item: "a" })
  player.play(quanta(300))
  player.tell({ type: "append", item: "b", pcm: pcm(48000, 2) })
  player.play(quanta(100))
  player.tell({ type: "hold" })
  player.play(quanta(300))
  player.tell({ type: "goOn" })
  const again = player.play(quanta(100))
  assert.ok(placeOf(again.subarray(40 * 24, 50 * 24), pcm(48000, 2)) < 50)
})

test("what was not held does not go on", async () => {
  const { player, sound } = await playing(100)
  player.tell({ type: "goOn" })
  const at = quanta(100) * 128
  assert.deepEqual(player.play(4), floats(sound.subarray(at, at + 512)))
})

test("a playback that is told anew is held no longer", async () => {
  const { player } = await playing(500)
  player.tell({ type: "hold" })
  player.play(quanta(300))
  player.tell({ type: "clear", before: [] })
  player.tell({ type: "append", item: "b", pcm: pcm(4800) })
  assert.ok(!silent(player.play(quanta(50))))
})
