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
