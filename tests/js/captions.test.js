import assert from "node:assert/strict"
import { test } from "node:test"
import { CaptionPace } from "../../voiceapp/static/js/caption-pace.js"
import { sentences } from "../../voiceapp/static/js/sentences.js"

const TEXT = "One two three four five six seven eight."
const entry = more => ({ key: "0/a", id: "a", role: "assistant", kind: "audio", text: TEXT, final: true, heard: null, removed: false, version: 1, ...more })

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

test("sentences end where people end them", () => {
  assert.deepEqual(sentences("It is 3.5 metres. “Really?” Yes"), { finished: ["It is 3.5 metres. ", "“Really?” "], rest: "Yes" })
  assert.deepEqual(sentences("はい。そうです！たぶん"), { finished: ["はい。", "そうです！"], rest: "たぶん" })
  assert.deepEqual(sentences(""), { finished: [], rest: "" })
})
