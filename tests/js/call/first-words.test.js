// What is said before the call is live is kept, and goes up once and in order when it is; whatever comes between.
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { FIRST_MS, FirstWords } from "../../../voiceapp/static/js/call/first-words.js"
import { msOf } from "../../../voiceapp/static/js/audio/pcm.js"
import { random } from "../support/speech.js"
import { Place, settle } from "../support/place.js"

after(Place.leave)

const BLOCK_MS = 40
/** As loud as a voice; each is known by its value. */
const voice = i => new Int16Array(960).fill(8000 + i)
const quiet = () => new Int16Array(960).fill(20)

function said(...blocks) {
  const words = new FirstWords()
  words.begin()
  for (const block of blocks) words.take(block)
  return words
}

const many = (count, make) => Array.from({ length: count }, (_, i) => make(i))
/** The values of the blocks that have a voice. */
const voices = chunks => [...new Set(chunks.flatMap(chunk => [...chunk]).filter(sample => sample > 100))]

test("the words come back whole and in order, in chunks that are few", () => {
  const words = said(...many(10, quiet), ...many(50, voice), ...many(5, quiet))
  assert.ok(words.spoken)
  const { ms } = words
  const chunks = words.takeOver()
  assert.deepEqual(voices(chunks), many(50, i => 8000 + i))
  assert.ok(chunks.every(chunk => msOf(chunk.length) <= 200))
  assert.equal(chunks.reduce((sum, { length }) => sum + msOf(length), 0), ms)
  // 300 ms from before the voice, the voice, and what is behind it.
  assert.equal(ms, 280 + 50 * BLOCK_MS + 5 * BLOCK_MS)
  assert.ok(!words.open && words.takeOver().length === 0)
})

test("a minute of silence takes the place of no word, and leaves the edges of a pause", () => {
  const words = said(...many(20, voice), ...many(1500, quiet), ...many(20, i => voice(100 + i)), ...many(1500, quiet))
  assert.equal(words.leftOutMs, 0)
  const silence = words.ms - 40 * BLOCK_MS
  assert.deepEqual(voices(words.takeOver()), [...many(20, i => 8000 + i), ...many(20, i => 8100 + i)])
  assert.ok(silence >= 1000 && silence <= 2000, `${silence}`)
})

test("of more than 15 s the latest are kept, and how much was left out is known", () => {
  const words = said(...many(500, voice))
  assert.equal(words.leftOutMs, 500 * BLOCK_MS - FIRST_MS)
  assert.deepEqual(voices(words.takeOver()).at(-1), 8499)
})

test("a cough is none, nor is a loud room; a voice in it is", () => {
  assert.ok(!said(...many(5, voice)).spoken)
  const room = () => new Int16Array(960).fill(500)
  assert.ok(!said(...many(100, room)).spoken)
  assert.ok(said(...many(100, room), ...many(10, voice)).spoken)
  // Who speaks from the first moment on is heard too.
  assert.ok(said(...many(10, voice)).spoken)
})

/** A person at a page whose server takes its time. */
function calling() {
  const made = new Place()
  made.line.connect = () => { made.line.wanted = true }
  made.line.emit = (...args) => { made.line.said.push(args) }
  return made
}

const sent = ({ line }, ...events) => line.said.filter(([event]) => events.includes(event))
const sound = made => sent(made, "audio").flatMap(([, , base64]) => {
  const { buffer, byteOffset, length } = Buffer.from(base64, "base64")
  return [...new Int16Array(buffer.slice(byteOffset, byteOffset + length))]
})

async function press(made) {
  made.call.start({ microphone: true })
  await settle()
  await made.scheduler.drain()
}

function ready(made) {
  made.line.come("ready", { ...made.line.ready })
}

/** Until all that waits went up. */
function acknowledge(made) {
  for (let i = 0; i < 60; i++) made.line.come("ack", sent(made, "audio").at(-1)?.[1] ?? 0)
}

test("said while the line and the server take their time, it goes up at once when the call is live", async () => {
  const made = calling()
  await press(made)
  assert.ok(made.call.heardEarly)
  for (const block of many(200, voice)) made.call.microphoneHeard(block)
  assert.equal(sound(made).length, 0)
  made.line.come("connect")
  assert.equal(sent(made, "start").length, 1)
  for (const block of many(100, i => voice(200 + i))) made.call.microphoneHeard(block)
  ready(made)
  made.call.microphoneHeard(voice(300))
  acknowledge(made)
  assert.deepEqual(voices([sound(made)]), many(301, i => 8000 + i))
  assert.deepEqual(sent(made, "audio").map(([, n]) => n), many(sent(made, "audio").length, i => i + 1))
  made.call.stop()
})

test("whoever spoke before is not greeted, unless nothing came of it; whoever was silent is", async () => {
  for (const spoken of [true, false]) {
    const made = calling()
    await press(made)
    made.line.come("connect")
    for (const block of many(20, spoken ? voice : quiet)) made.call.microphoneHeard(block)
    assert.deepEqual(sent(made, "greet").map(([, { on }]) => on), spoken ? [false] : [])
    ready(made)
    while (made.timers.now < 4000) if (!made.timers.fire()) break
    assert.deepEqual(sent(made, "greet").map(([, { on }]) => on), spoken ? [false, true] : [])
    made.call.stop()
  }
})

test("the microphone declined, nothing is kept, and nothing is said to be", async () => {
  const made = calling()
  made.world.devices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError") }
  await press(made)
  assert.ok(!made.call.heardEarly)
  for (const block of many(20, voice)) made.call.microphoneHeard(block)
  made.line.come("connect")
  ready(made)
  assert.deepEqual(voices([sound(made)]), [])
})

test("shut before the call is live, what was said before is not sent", async () => {
  const made = calling()
  await press(made)
  for (const block of many(20, voice)) made.call.microphoneHeard(block)
  made.call.toggleMicrophone()
  for (const block of many(20, i => voice(20 + i))) made.call.microphoneHeard(block)
  made.call.toggleMicrophone()
  for (const block of many(20, i => voice(40 + i))) made.call.microphoneHeard(block)
  made.line.come("connect")
  ready(made)
  acknowledge(made)
  assert.deepEqual(voices([sound(made)]), many(20, i => 8040 + i))
  made.call.stop()
})

test("with a key to talk nothing is kept", async () => {
  const made = calling()
  made.preferences.choose("mode", "push_to_talk")
  await press(made)
  assert.ok(!made.call.heardEarly)
  made.call.stop()
})

const STEPS = {
  press: made => press(made),
  speak: made => {
    // What the worklet delivers, it delivers of an open microphone.
    if (!made.call.microphone.chunkMs || !made.call.microphone.there) return
    for (let i = 0; i < 12; i++) made.speak()
  },
  connect: made => { if (made.line.wanted && !made.line.connected) made.line.come("connect") },
  ready: made => { if (made.line.connected && sent(made, "start").length > made.ready) { made.ready++; ready(made) } },
  acknowledge,
  lose: made => {
    if (!made.line.connected) return
    made.line.connected = false
    made.line.come("disconnect", "transport close")
    made.ready = sent(made, "start").length
  },
  mute: made => made.call.toggleMicrophone(),
  hangUp: async made => {
    made.call.stop()
    await settle()
    await made.scheduler.drain()
    made.line.come("ended", { reason: "stopped" })
    made.ready = sent(made, "start").length
  }
}

for (let seed = 1; seed <= 40; seed++) {
  test(`whatever the order, each word of a call goes up at most once, in order, and never what was shut (walk ${seed})`, async () => {
    const made = calling()
    const next = random(seed * 7919)
    const declines = seed % 4 === 0
    if (declines) made.world.devices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError") }
    let spoken = 0
    const shut = new Set()
    made.ready = 0
    made.speak = () => {
      const value = 8000 + spoken++
      if (made.call.muted || !made.call.callState.active) shut.add(value)
      made.call.microphoneHeard(new Int16Array(960).fill(value))
    }
    for (let step = 0; step < 60; step++) {
      const names = Object.keys(STEPS)
      await STEPS[names[Math.floor(next() * names.length)]](made)
      const { firstWords } = made.call.outgoing
      if (!made.call.callState.active) assert.deepEqual([firstWords.open, firstWords.ms], [false, 0])
      assert.ok(!firstWords.open || made.call.callState.phase === "connecting")
    }
    const heard = voices([sound(made)])
    assert.deepEqual(heard, heard.toSorted((a, b) => a - b))
    assert.deepEqual(heard.filter(value => shut.has(value)), [])
    if (declines) assert.deepEqual(heard, [])
    made.call.stop(true)
    await settle()
    await made.scheduler.drain()
  })
}
