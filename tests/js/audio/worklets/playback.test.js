import assert from "node:assert/strict"
import { test } from "node:test"
import { decibels, floats, pcm, power, snr, tone } from "../../support/signal.js"
import { worklet } from "../../support/worklet.js"

const FADE = 120
const PREBUFFER = 1920

function append(player, item, sound, sizes = [480]) {
  for (let at = 0, i = 0; at < sound.length; i++) {
    const size = sizes[i % sizes.length]
    player.tell({ type: "append", item, pcm: sound.slice(at, at + size) })
    at += size
  }
}

const silent = samples => samples.every(sample => sample === 0)
const loud = samples => samples.filter(sample => sample !== 0)
/** Milliseconds of the longest silence between two sounds. */
const longestPause = samples => {
  const sounding = [...samples.keys()].filter(at => samples[at] !== 0)
  return sounding.reduce((longest, at, i) => Math.max(longest, at - (sounding[i - 1] ?? at)), 0) / 24
}
const quanta = ms => Math.round(ms * 24 / 128)

test("chunks of any size play without a gap, bit for bit", async () => {
  const player = await worklet("playback", 24000)
  const sound = pcm(12800)
  append(player, "a", sound, [1, 700, 37, 2400, 128])
  player.tell({ type: "complete", item: "a" })
  assert.deepEqual(player.play(100), floats(sound))
})

for (const rate of [44100, 48000]) {
  test(`at ${rate} Hz it plays as it would sound at 24 kHz`, async () => {
    const player = await worklet("playback", rate)
    append(player, "a", Int16Array.from(tone(1000, 24000, 24000), sample => Math.round(sample * 32768)))
    player.tell({ type: "complete", item: "a" })
    const got = player.play(Math.floor(rate / 128)).subarray(1000, rate - 2000)
    assert.ok(snr(tone(1000, rate, rate).subarray(1000, rate - 2000), got) > 70)
    player.play(20)
    assert.deepEqual(player.posted("ended"), [{ type: "ended", item: "a", ms: 1000 }])
  })
}

test("it waits for 80 ms, then starts in the next quantum", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(PREBUFFER - 1))
  assert.ok(silent(player.play(50)))
  append(player, "a", pcm(1))
  assert.ok(!silent(player.play(1)))
  assert.deepEqual(player.posted("started"), [{ type: "started", item: "a" }])
})

test("a short item that is complete starts at once", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(300))
  player.tell({ type: "complete", item: "a" })
  const output = player.play(3)
  assert.deepEqual(output.subarray(0, 300), floats(pcm(300)))
  assert.ok(silent(output.subarray(300)))
  assert.deepEqual(player.posted("ended"), [{ type: "ended", item: "a", ms: 12.5 }])
})

test("items follow one another without a gap", async () => {
  const player = await worklet("playback", 24000)
  for (const [item, seed] of [["a", 1], ["b", 2]]) {
    append(player, item, pcm(3000, seed))
    player.tell({ type: "complete", item })
  }
  assert.deepEqual(player.play(48).subarray(0, 6000), floats([...pcm(3000, 1), ...pcm(3000, 2)]))
  assert.deepEqual(player.posted("ended").map(({ item, ms }) => [item, ms]), [["a", 125], ["b", 125]])
})

test("a flush takes effect in the quantum in which it is received, with the exact count", async () => {
  const player = await worklet("playback", 24000)
  const sound = pcm(48000)
  append(player, "a", sound)
  player.play(75)
  player.tell({ type: "flush", item: "a" })
  assert.deepEqual(player.posted("flushed"), [{ type: "flushed", item: "a", ms: 75 * 128 / 24 }])
  const after = player.play(4)
  const heard = floats(sound.subarray(75 * 128, 75 * 128 + FADE))
  assert.deepEqual(after.subarray(0, FADE), heard.map((sample, i) => Math.fround(sample * (1 - (i + 1) / FADE))))
  assert.ok(silent(after.subarray(FADE)))
})

for (const rate of [44100, 48000]) {
  test(`the count at a flush is right within a quantum at ${rate} Hz`, async () => {
    const player = await worklet("playback", rate)
    append(player, "a", pcm(48000))
    player.play(300)
    player.tell({ type: "flush", item: "a" })
    assert.ok(Math.abs(player.posted("flushed")[0].ms - 300 * 128000 / rate) < 0.1)
  })
}

test("late sound of a flushed item is dropped", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(4800))
  player.play(10)
  player.tell({ type: "flush", item: "a" })
  append(player, "a", pcm(9600))
  player.tell({ type: "complete", item: "a" })
  player.play(1)
  assert.ok(silent(player.play(100)))
})

test("what was never heard is answered with nothing heard", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(480))
  player.tell({ type: "flush", item: "a" })
  player.tell({ type: "flush", item: "unknown" })
  assert.deepEqual(player.posted("flushed").map(({ ms }) => ms), [0, 0])
  assert.ok(silent(player.play(10)))
})

test("an item flushed after its end is answered with its whole length", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(2400))
  player.tell({ type: "complete", item: "a" })
  player.play(30)
  player.tell({ type: "flush", item: "a" })
  assert.equal(player.posted("flushed")[0].ms, 100)
})

test("the item behind a flushed one is played", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(9600, 1))
  append(player, "b", pcm(2400, 2))
  player.tell({ type: "complete", item: "b" })
  player.play(10)
  player.tell({ type: "flush", item: "a" })
  const output = player.play(20)
  assert.deepEqual(output.subarray(FADE, 2400), floats(pcm(2400, 2)).subarray(FADE))
})

test("when the sound runs out it fades, counts, and waits for a larger lead", async () => {
  const player = await worklet("playback", 24000)
  const sound = Int16Array.from(tone(100, 24000, 2000), sample => sample * 32768)
  append(player, "a", sound)
  const output = player.play(20)
  assert.ok(silent(output.subarray(2000 + FADE)))
  assert.ok(Math.abs(output[2000] - output[1999]) < 0.02)
  assert.deepEqual(player.posted("underran"), [{ type: "underran", item: "a" }])
  append(player, "a", pcm(PREBUFFER))
  assert.ok(silent(player.play(10)))
  append(player, "a", pcm(PREBUFFER))
  assert.ok(!silent(player.play(1)))
})

test("after an underrun the sound rises, and no sample is lost or counted twice", async () => {
  const player = await worklet("playback", 24000)
  const sound = pcm(8000)
  append(player, "a", sound.subarray(0, 2000))
  player.play(20)
  append(player, "a", sound.subarray(2000))
  player.tell({ type: "complete", item: "a" })
  const output = player.play(60)
  assert.equal(output[0], 0)
  assert.deepEqual(output.subarray(FADE, 6000), floats(sound.subarray(2000)).subarray(FADE))
  assert.deepEqual(player.posted("ended")[0].ms, 8000 / 24)
})

test("the lead that an underrun made larger shrinks back, item by item, to where it was", async () => {
  const player = await worklet("playback", 24000)
  const play = (item, samples) => {
    append(player, item, pcm(samples))
    player.tell({ type: "complete", item })
    player.play(60)
  }
  append(player, "a", pcm(2000))
  player.play(20)
  play("a", 2000)
  const leads = ["b", "c", "d", "e", "f"].map(item => { play(item, 2000); return player.processor.queue.lead })
  assert.deepEqual(leads, [140, 120, 100, 80, 80])
})

test("it tells where it is and how loud, about 20 times a second, only while it plays", async () => {
  const player = await worklet("playback", 24000)
  player.play(200)
  assert.equal(player.posted().length, 0)
  append(player, "a", Int16Array.from(tone(500, 24000, 24000), sample => sample * 32768))
  player.play(quanta(1000) - 1)
  const positions = player.posted("position")
  assert.ok(positions.length >= 18 && positions.length <= 20, positions.length)
  assert.ok(Math.abs(decibels(power(tone(500, 24000, 2400))) - decibels(positions[5].rms ** 2)) < 0.5)
  assert.ok(Math.abs(positions[5].ms - 6 * 53.33) < 1)
})

/** Half a second of voice and a tenth of silence, over and over, at 24 kHz. */
function speech(ms) {
  return Int16Array.from({ length: ms * 24 }, (_, i) => i % 14400 < 12000 ? Math.round(9000 * Math.sin(i / 20)) : 0)
}

/** Chunks of 40 ms come every 40 / `speed` ms; what comes while the page is busy is kept until it is not. */
function arriving(player, sound, speed, busy = []) {
  const output = []
  for (let quantum = 0, next = 0; quantum < quanta(sound.length / 24 + 1500); quantum++) {
    const now = quantum * 128 / 24
    const held = busy.some(from => now >= from && now < from + 300)
    while (!held && next * 40 / speed <= now && next * 960 < sound.length)
      player.tell({ type: "append", item: "a", pcm: sound.slice(next * 960, ++next * 960) })
    if (next * 960 >= sound.length) player.tell({ type: "complete", item: "a" })
    output.push(...player.play(1))
  }
  return output
}

test("sound that comes no faster than it is spoken survives a page that is busy for 300 ms: pauses were held longer", async () => {
  const player = await worklet("playback", 24000)
  const sound = speech(9000)
  const output = arriving(player, sound, 1, [4000, 6000])
  assert.equal(player.posted("underran").length, 0)
  assert.equal(player.posted("ended")[0].ms, 9000)
  assert.deepEqual(loud(output), [...loud(floats(sound))])
  const pause = longestPause(output)
  assert.ok(pause > 150 && pause < 170, pause)
})

test("sound that comes faster than it is spoken is played as it is", async () => {
  for (const speed of [1.6, 2, 4]) {
    const player = await worklet("playback", 24000)
    const sound = speech(3000)
    const output = arriving(player, sound, speed)
    const begun = output.findIndex(sample => sample !== 0) - 1
    assert.deepEqual(Float32Array.from(output.slice(begun, begun + sound.length)), floats(sound))
  }
})

test("an answer that is cut in a held pause is silent, and the next begins at once", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", speech(640))
  player.play(quanta(590))
  assert.ok(player.processor.queue.stretcher.left > 0)
  player.tell({ type: "flush", item: "a" })
  append(player, "b", pcm(2400, 2))
  player.tell({ type: "complete", item: "b" })
  assert.ok(!silent(player.play(2)))
})

test("cleared, nothing of before is played any more, and an item counts on from where it was heard", async () => {
  const player = await worklet("playback", 24000)
  append(player, "a", pcm(24000))
  player.play(quanta(300))
  player.tell({ type: "clear", before: [["a", 250]] })
  assert.ok(loud(player.play(quanta(100)).subarray(FADE)).length === 0)
  assert.equal(player.posted("cleared").length, 1)
  append(player, "a", pcm(2400))
  player.tell({ type: "complete", item: "a" })
  player.play(quanta(300))
  assert.deepEqual(player.posted("ended"), [{ type: "ended", item: "a", ms: 350 }])
})
