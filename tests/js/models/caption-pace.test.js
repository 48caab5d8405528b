import assert from "node:assert/strict"
import { test } from "node:test"
import { CaptionPace } from "../../../voiceapp/static/js/models/caption-pace.js"
import { speechMs } from "../../../voiceapp/static/js/text/speech-rate.js"
import { ANSWERS, boundaries } from "../support/scripts.js"

const TEXT = "One two three four five six seven eight."
const entry = more => ({
  key: "0/a", id: "a", role: "assistant", kind: "audio", text: TEXT, final: true, heard: null, removed: false,
  version: 1, ...more
})

test("text shows in step with the sound, whole words at a time, and never goes back", () => {
  const pace = new CaptionPace()
  pace.soundArrived("a", 4000)
  pace.soundCompleted("a")
  assert.equal(pace.shown(entry()), 0)
  pace.heard("a", 2000)
  assert.equal(TEXT.slice(0, pace.shown(entry())), "One two three four five")
  pace.heard("a", 1000)
  assert.equal(TEXT.slice(0, pace.shown(entry())), "One two three four five")
  pace.heard("a", 4000)
  assert.equal(pace.shown(entry()), TEXT.length)
})

for (const [script, text] of Object.entries(ANSWERS)) {
  const spoken = more => entry({ text, ...more })

  test(`in ${script} a caption keeps in step with the sound, to the word, and splits no character`, () => {
    const pace = new CaptionPace()
    pace.soundArrived("a", 12000)
    pace.soundCompleted("a")
    let before = 0
    for (let ms = 0; ms <= 12000; ms += 50) {
      pace.heard("a", ms)
      const shown = pace.shown(spoken())
      assert.ok(shown >= before && boundaries(text).has(shown), `${ms}: ${shown}`)
      // Of one word at most, and of no long one, more is shown than was said.
      assert.ok(
        speechMs(text.slice(0, shown)) < speechMs(text) * ms / 12000 + 1000 || ms === 12000,
        `${ms}: ${text.slice(0, shown)}`
      )
      assert.ok(
        speechMs(text.slice(0, shown)) >= Math.floor(speechMs(text) * ms / 12000), `${ms}: ${text.slice(0, shown)}`
      )
      before = shown
    }
    assert.equal(before, text.length)
  })

  test(`in ${script} a caption splits no character while its text still comes, a code point at a time`, () => {
    const pace = new CaptionPace()
    pace.soundArrived("a", 100)
    let come = ""
    for (const point of text) {
      come += point
      pace.heard("a", come.length * 40)
      const shown = pace.shown(spoken({ text: come, final: false }))
      assert.ok(boundaries(text).has(shown), text.slice(0, shown))
    }
  })

  test(`in ${script} what was spoken of a caption stands, whatever the words become`, () => {
    const pace = new CaptionPace()
    pace.soundArrived("a", 12000)
    pace.heard("a", 3000)
    const shown = pace.shown(spoken({ final: false }))
    const other = pace.shown(spoken({ text: `${text.slice(0, shown)}…` }))
    assert.ok(other >= shown && boundaries(`${text.slice(0, shown)}…`).has(other))
  })
}

test("a Japanese caption does not jump at a comma or a digit", () => {
  const text = "昨日は友だちと京都へ行って、清水寺を見てから、抹茶のアイスを食べました。とても楽しかったです。次は3月に奈良へ行って、鹿にせんべいをあげたいと思っています。一緒にどうですか？"
  const pace = new CaptionPace()
  pace.soundArrived("a", 12000)
  const after = ms => (pace.heard("a", ms), pace.shown(entry({ text, final: false })))
  assert.deepEqual(
    [500, 1000, 2000, 4000].map(ms => Math.round(after(ms) / (text.length * ms / 12000) * 2) / 2), [1, 1, 1, 1]
  )
})

test("before all of the sound is there, the text does not run ahead", () => {
  const pace = new CaptionPace()
  pace.soundArrived("a", 200)
  pace.heard("a", 200)
  assert.ok(pace.shown(entry({ final: false })) <= 7)
})

test("written text, and the person's own, shows as it comes", () => {
  const pace = new CaptionPace()
  assert.equal(pace.shown(entry({ kind: "text", final: false })), TEXT.length)
  assert.equal(pace.shown(entry({ role: "user", final: false })), TEXT.length)
  assert.equal(pace.shown(entry({ heard: "One" })), TEXT.length)
})

test("an answer whose sound never comes shows when its turn is over, and not before", () => {
  const pace = new CaptionPace()
  assert.equal(pace.shown(entry()), 0)
  assert.ok(!pace.settled(entry()))
  pace.turnEnded()
  assert.equal(pace.shown(entry()), TEXT.length)
  assert.ok(pace.settled(entry()))
})

test("it is settled when it was cut or played to its end, and its text is final", () => {
  const pace = new CaptionPace()
  pace.soundArrived("a", 4000)
  pace.soundCompleted("a")
  pace.heard("a", 4000)
  pace.turnEnded()
  assert.ok(!pace.settled(entry()))
  assert.ok(pace.settled(entry({ heard: "One", final: false })))
  pace.ended("a")
  assert.ok(pace.settled(entry()))
  assert.ok(!pace.settled(entry({ final: false })))
  assert.ok(pace.settled(entry({ role: "user" })))
})

test("what was played to its end is shown whole", () => {
  const pace = new CaptionPace()
  pace.soundArrived("a", 4000)
  pace.ended("a")
  assert.equal(pace.shown(entry()), TEXT.length)
})
