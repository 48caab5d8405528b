import assert from "node:assert/strict"
import { test } from "node:test"
import { Incoming } from "../../../voiceapp/static/js/call/incoming.js"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { Place } from "../support/place.js"

const SECOND = Buffer.from(new Int16Array(24000).buffer).toString("base64")
const ABOUT = { id: "t1", title: "", marked: false, began: 0, model: "m", voice: "v" }

function incoming() {
  const kept = []
  const recorder = new Recorder(ABOUT, () => 0, ({ item }, pcm) => kept.push([item, pcm.length]))
  const player = { append: () => 24000, complete() {}, flush() {} }
  const pace = { soundArrived() {}, soundCompleted() {} }
  const made = new Incoming({ keeper: { recorder, keepsSound: true }, player, pace, stats: { soundArrived() {} } }, {})
  return { made, kept }
}

for (const [how, end] of [["complete", made => made.soundArrived("a1", "")], ["cut", made => made.flushAsked("a1")]]) {
  test(`an answer that is ${how} does not stay in memory: what there is of it is kept at once`, () => {
    const { made, kept } = incoming()
    made.soundArrived("a1", SECOND)
    assert.deepEqual(kept, [])
    end(made)
    assert.deepEqual(kept, [["a1", 24000]])
  })
}

test("what was lost of a pause is said until what came after it was answered", async () => {
  const place = new Place()
  await place.goLive()
  const say = (...states) => states.forEach(state => place.line.come("turn", 1, { state }))
  for (const code of ["sound_left_out", "moved"]) place.call.reports.noticeArrived({ code })
  // The floor is told anew.
  say("listening", "user", "thinking", "assistant")
  assert.deepEqual(place.standing, ["sound_left_out", "moved"])
  say("listening")
  assert.deepEqual(place.standing, [])
  Place.leave()
})

test("while an answer is held, a voice that lasts is told once, and not after that", async () => {
  const place = new Place()
  await place.goLive()
  const told = () => place.line.said.filter(([event]) => event === "voice").length
  const hear = peaks => peaks.forEach(peak => place.call.levelMeasured(peak, 100))
  const voice = Array(20).fill(0.2)
  place.call.outgoing.gate.mute(true)
  hear([0.002])
  place.line.come("hold", 1, { on: true, voice_ms: 600 })
  hear(voice)
  assert.equal(told(), 0, "nobody is heard")
  place.call.outgoing.gate.mute(false)
  hear(voice)
  hear(voice)
  assert.equal(told(), 1)
  place.line.come("hold", 2, { on: true, voice_ms: 600 })
  place.line.come("hold", 3, { on: false })
  hear(voice)
  assert.deepEqual([told(), place.call.stats.holds], [1, [2, 1]])
  Place.leave()
})

test("what the person is asked about is known until they have answered, or wait for nothing", async () => {
  const place = new Place()
  await place.goLive()
  const { incoming } = place.call
  const tell = (n, item, state) => place.line.come("tool", n, { call: item, name: "pay", arguments: "{}", state })
  place.line.come("turn", 1, { state: "tool" })
  tell(2, "t1", "asked")
  tell(3, "t2", "asked")
  tell(4, "t1", "running")
  assert.deepEqual([...incoming.asked], ["t2"])
  place.line.come("turn", 5, { state: "listening" })
  assert.deepEqual([...incoming.asked], [])
  Place.leave()
})
