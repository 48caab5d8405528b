import assert from "node:assert/strict"
import { test } from "node:test"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { linkFor, sharedIn } from "../../../voiceapp/static/js/models/settings-link.js"

const preferences = () => new Preferences(null, { preferenceChanged() {} })

test("settings go into a link and come out of it; devices, volume and what is kept do not", () => {
  const link = linkFor({
    mode: "semantic_vad", eagerness: "low", threshold: 0.6, half_duplex: true, microphone: "abc", volume: 0.2,
    keep: "sound"
  }, "https://voice.example/?lang=ja#old")
  assert.equal(link, "https://voice.example/#mode=semantic_vad&threshold=0.6&eagerness=low&half_duplex=true")
  assert.deepEqual(
    sharedIn(new URL(link).hash), { mode: "semantic_vad", threshold: 0.6, eagerness: "low", half_duplex: true }
  )
})

test("of a link only what is valid is taken, and never what would keep more of a talk", () => {
  const made = preferences()
  assert.equal(made.adopt(sharedIn("#threshold=7&mode=nonsense&theme=dark&keep=sound&microphone=x&__proto__=1")), 1)
  assert.deepEqual(made.chosen, { theme: "dark" })
  assert.equal(made.adopt(sharedIn("#transcript")), 0)
})

test("the server comes before those that only it has, in links from before too", () => {
  const order = []
  const made = new Preferences(null, { preferenceChanged: name => order.push(name) })
  made.adopt(sharedIn("#voice=ash&persona=tutor&profile=openai"))
  assert.deepEqual(order, ["profile", "persona", "voice"])
})

test("everything can be forgotten", () => {
  const told = []
  const made = new Preferences(null, { preferenceChanged: name => told.push(name) })
  made.choose("keep", "text")
  made.choose("theme", "dark")
  made.forget()
  assert.deepEqual([made.chosen, told.slice(2)], [{}, ["keep", "theme"]])
})
