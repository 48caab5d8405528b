import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Preferences, RANGES } from "../../../voiceapp/static/js/models/preferences.js"
import { random } from "../support/speech.js"

/** A browser's storage, which all its tabs share. */
class Shelf {
  kept = new Map()
  getItem(key) { return this.kept.get(key) ?? null }
  setItem(key, value) { this.kept.set(key, value) }
  removeItem(key) { this.kept.delete(key) }
}

/** `stored`: by an older page, all in one; or what another tab shares. */
function preferences(stored) {
  const storage = stored instanceof Shelf ? stored : new Shelf()
  if (typeof stored === "string") storage.setItem("voiceapp", stored)
  const changed = []
  return { preferences: new Preferences(storage, { preferenceChanged: name => changed.push(name) }), storage, changed }
}

test("what was never chosen is left to the server", () => {
  const { preferences: made } = preferences()
  assert.equal(made.turn, undefined)
  assert.equal(made.values.mode, "server_vad")
  made.choose("volume", 0.5)
  assert.equal(made.turn, undefined)
})

test("what was chosen is told, remembered and found again", () => {
  const { preferences: made, storage, changed } = preferences()
  made.choose("silence_ms", 900)
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.5, silence_ms: 900, prefix_ms: 300 })
  made.choose("mode", "semantic_vad")
  made.choose("eagerness", "low")
  assert.deepEqual(made.turn, { mode: "semantic_vad", eagerness: "low" })
  made.choose("mode", "push_to_talk")
  assert.deepEqual(preferences(storage).preferences.turn, { mode: "push_to_talk" })
  assert.deepEqual(changed, ["silence_ms", "mode", "eagerness", "mode"])
})

test("the sliders go back, and the server is told so", () => {
  const { preferences: made } = preferences('{"threshold": 0.8, "prefix_ms": 0}')
  made.reset()
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.5, silence_ms: 500, prefix_ms: 300 })
})

test("how the persona takes turns is the default, and what was chosen beside it comes with it", () => {
  const { preferences: made } = preferences()
  made.suggest({ mode: "server_vad", silence_ms: 1000, idle_ms: 15000, nonsense: 1 })
  assert.equal(made.turn, undefined)
  assert.equal(made.values.silence_ms, 1000)
  made.choose("threshold", 0.6)
  assert.deepEqual(made.turn, { mode: "server_vad", threshold: 0.6, silence_ms: 1000, prefix_ms: 300, idle_ms: 15000 })
  made.suggest(null)
  assert.equal(made.values.silence_ms, 500)
})

test("what is no longer on offer is as if it had never been chosen", () => {
  const { preferences: made, storage } = preferences('{"voice": "gone", "volume": 0.5}')
  made.offer({ persona: "friend" })
  made.unchoose("voice")
  assert.deepEqual(
    [made.values.voice, made.values.persona, [...storage.kept]], ["", "friend", [["voiceapp.volume", "0.5"]]]
  )
})

test("what is not valid is not kept, whoever wrote it", () => {
  const stored = '{"mode": "telepathy", "threshold": 4, "silence_ms": "long", "volume": 0.2, "unknown": 1}'
  assert.deepEqual(preferences(stored).preferences.chosen, { volume: 0.2 })
  for (const broken of ["", "null", "{", "7"]) assert.deepEqual(preferences(broken).preferences.chosen, {})
  const { preferences: made } = preferences()
  made.choose("threshold", 1.5)
  assert.equal(made.values.threshold, 0.5)
})

test("an empty name is none: there is always somebody who speaks", () => {
  const { preferences: made } = preferences('{"persona": "", "profile": ""}')
  made.offer({ persona: "friend", profile: "openai" })
  assert.equal(made.adopt({ persona: "", profile: "", voice: "" }), 1)
  assert.deepEqual([made.values.persona, made.values.profile], ["friend", "openai"])
})

test("a language is what the server takes for one, or none", () => {
  const { preferences: made } = preferences()
  for (const tag of ["ja", "zh-Hant-TW", ""]) {
    made.choose("language", tag)
    assert.equal(made.values.language, tag)
  }
  for (const broken of ["j", "ja_JP", "ja ", "ja-", "englishlanguage", 7, "en\n"]) made.choose("language", broken)
  assert.equal(made.values.language, "")
})

test("a browser that keeps nothing is no hindrance", () => {
  const made = new Preferences(
    { getItem() { throw new Error() }, setItem() { throw new Error() }, removeItem() { throw new Error() } },
    { preferenceChanged() {} }
  )
  made.choose("volume", 0.3)
  assert.equal(made.values.volume, 0.3)
})

test("the safe ranges are those of the wire", () => {
  const { $defs } = JSON.parse(readFileSync(new URL("../../../docs/wire.schema.json", import.meta.url), "utf8"))
  for (const [name, { min, max, default: value }] of Object.entries(RANGES)) {
    const { minimum, maximum, description } = $defs.Turn.oneOf[0].properties[name]
    assert.deepEqual([min, max], [minimum, maximum])
    assert.ok(description.endsWith(`(${value})`))
  }
})

test("a preference in one tab undoes none of another's, whichever tab is older", () => {
  const { preferences: one, storage, changed } = preferences()
  one.choose("keep", "sound")
  const { preferences: other } = preferences(storage)
  other.choose("keep", "nothing")
  // The event of the other tab has not come here yet.
  one.choose("volume", 0.5)
  assert.equal(preferences(storage).preferences.values.keep, "nothing")
  one.stored("voiceapp.keep")
  assert.deepEqual([one.values.keep, changed.at(-1)], ["nothing", "keep"])
  // A page from before writes all it knows in one.
  storage.setItem("voiceapp", '{"keep": "sound", "theme": "dark"}')
  const { preferences: later } = preferences(storage)
  assert.deepEqual([later.values.keep, later.values.theme], ["nothing", "dark"])
})

test("any order of preferences in several tabs: each name has what was chosen for it last", () => {
  const next = random(11)
  const pick = list => list[Math.floor(next() * list.length)]
  const VALUES = {
    keep: ["nothing", "text", "sound"], theme: ["auto", "light", "dark"], volume: [0.1, 0.5, 1],
    mode: ["server_vad", "push_to_talk"]
  }
  for (let walk = 0; walk < 200; walk++) {
    const storage = new Shelf()
    const tabs = [preferences(storage).preferences, preferences(storage).preferences, preferences(storage).preferences]
    const last = {}
    for (let step = 0; step < 25; step++) {
      const tab = pick(tabs), name = pick(Object.keys(VALUES))
      if (next() < 0.3) {
        tab.stored(pick([`voiceapp.${name}`, null]))
        continue
      }
      if (next() < 0.1) {
        tab.stored(null)
        tab.forget()
        for (const key of Object.keys(last)) delete last[key]
        continue
      }
      const value = pick(VALUES[name].filter(each => each !== tab.values[name]))
      tab.choose(name, value)
      last[name] = value
    }
    assert.deepEqual(preferences(storage).preferences.chosen, last)
    for (const tab of tabs) {
      tab.stored(null)
      assert.deepEqual(tab.chosen, last)
    }
  }
})

test("what a link changed can be undone, and nothing else with it", () => {
  const { preferences: made, storage } = preferences()
  made.choose("theme", "dark")
  made.choose("volume", 0.5)
  assert.equal(made.adopt({ theme: "light", captions: "huge" }), 2)
  made.choose("keep", "text")
  made.undo()
  assert.deepEqual(made.chosen, { theme: "dark", volume: 0.5, keep: "text" })
  assert.deepEqual(preferences(storage).preferences.chosen, made.chosen)
})
