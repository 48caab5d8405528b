import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { SessionRequest } from "../../../voiceapp/static/js/call/session-request.js"

function made() {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
  const sent = []
  const transport = {
    live: true, start: wishes => sent.push(["start", wishes]), configure: wishes => sent.push(["configure", wishes])
  }
  const preferences = new Preferences(null, { preferenceChanged: name => wishes.preferenceChanged(name) })
  const modes = []
  const delegate = { microphoneName: "", modeChanged: () => modes.push(wishes.mode) }
  const wishes = new SessionRequest(transport, preferences, delegate)
  return { wishes, transport, preferences, sent, modes, delegate }
}

/** Unless the person wants it otherwise. */
const CAREFUL = { barge_in: "confirmed" }

test("a call starts with what was chosen, or with nothing", () => {
  const { wishes, preferences, sent } = made()
  wishes.start(true)
  preferences.choose("mode", "push_to_talk")
  preferences.choose("voice", "cedar")
  preferences.choose("language", "ja")
  wishes.start(true)
  assert.deepEqual(
    sent.filter(([event]) => event === "start"),
    [["start", CAREFUL], ["start", { ...CAREFUL, voice: "cedar", turn: { mode: "push_to_talk" }, language: "ja" }]]
  )
})

test("whoever wants to interrupt at once says so, in a call too", () => {
  const { wishes, preferences, sent } = made()
  preferences.choose("at_once", true)
  wishes.start(true)
  preferences.choose("at_once", false)
  const sharp = { barge_in: "at_once" }
  assert.deepEqual(sent, [["configure", sharp], ["start", sharp], ["configure", CAREFUL]])
})

test("what the server has on offer is asked for by name", () => {
  const { wishes, preferences, sent } = made()
  preferences.offer({ persona: "friend", profile: "openai" })
  wishes.start(true)
  assert.deepEqual(sent, [["start", { ...CAREFUL, persona: "friend", profile: "openai" }]])
})

test("whoever was there first is not greeted, nor whoever does not want it", () => {
  const { wishes, preferences, sent } = made()
  wishes.start(false)
  preferences.choose("greet", false)
  wishes.start(true)
  assert.deepEqual(sent, [["start", { ...CAREFUL, greet: false }], ["start", { ...CAREFUL, greet: false }]])
})

test("a slider's many steps are told once, when it stands still", () => {
  const { preferences, sent } = made()
  for (const silence of [600, 700, 800]) {
    preferences.choose("silence_ms", silence)
    mock.timers.tick(150)
  }
  mock.timers.tick(100)
  assert.deepEqual(
    sent, [["configure", { turn: { mode: "server_vad", threshold: 0.5, silence_ms: 800, prefix_ms: 300 } }]]
  )
  preferences.choose("volume", 0.3)
  mock.timers.tick(500)
  assert.equal(sent.length, 1)
})

test("what changed before the call was live is told once it is", () => {
  const { wishes, transport, preferences, sent } = made()
  wishes.start(true)
  transport.live = false
  preferences.choose("mode", "semantic_vad")
  mock.timers.tick(10)
  assert.equal(sent.length, 1)
  transport.live = true
  wishes.tell()
  assert.deepEqual(sent.at(-1), ["configure", { turn: { mode: "semantic_vad", eagerness: "auto" } }])
})

test("the language changes at once", () => {
  const { wishes, preferences, sent } = made()
  wishes.start(true)
  preferences.choose("language", "ja")
  assert.deepEqual(sent.at(-1), ["configure", { language: "ja" }])
})

test("another voice waits until it is asked for, and then everything a session is made of is told", () => {
  const { wishes, preferences, sent } = made()
  preferences.offer({ persona: "friend" })
  wishes.start(true)
  assert.equal(wishes.pending, false)
  preferences.choose("voice", "cedar")
  assert.equal(wishes.pending, true)
  assert.equal(sent.length, 1)
  wishes.renew()
  assert.deepEqual(sent.at(-1), ["configure", { persona: "friend", voice: "cedar" }])
  assert.deepEqual([wishes.pending, wishes.renewing], [false, true])
  wishes.renewed("asked")
  assert.deepEqual([wishes.pending, wishes.renewing], [false, false])
  preferences.choose("voice", "")
  assert.equal(wishes.pending, true)
})

test("one that could not be had still waits; without a call nothing does", () => {
  const { wishes, preferences, transport } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  wishes.notRenewed()
  assert.equal(wishes.pending, true)
  transport.live = false
  assert.equal(wishes.pending, false)
})

test("a session that took over while the line was away is known by what it is made of", () => {
  const { wishes, preferences } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  wishes.resumed({ persona: "p", profile: "p", model: "m", voice: "alloy" })
  assert.equal(wishes.renewing, true)
  wishes.resumed({ persona: "p", profile: "p", model: "m", voice: "cedar" })
  assert.deepEqual([wishes.pending, wishes.renewing], [false, false])
})

test("a session that takes over since the last one expires is not the one that was asked for", () => {
  const { wishes, preferences } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  wishes.renewed("expiring")
  assert.equal(wishes.renewing, true)
})

test("chosen back after it could not be had, nothing waits any more", () => {
  const { wishes, preferences } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  wishes.notRenewed()
  preferences.choose("voice", "")
  assert.equal(wishes.pending, false)
})

test("what was asked for took over, whatever was chosen meanwhile", () => {
  const { wishes, preferences } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  preferences.choose("voice", "ash")
  wishes.renewed("asked")
  assert.equal(wishes.pending, true)
  preferences.choose("voice", "cedar")
  assert.equal(wishes.pending, false)
})

test("turns end as in the session that goes on: a persona's way comes with its session, or not at all", () => {
  const { wishes, preferences, modes } = made()
  preferences.offer({ persona: "friend" })
  wishes.start(true)
  preferences.choose("persona", "operator")
  preferences.suggest({ mode: "push_to_talk" })
  wishes.renew()
  wishes.notRenewed()
  assert.deepEqual([wishes.mode, modes], ["server_vad", []])
  wishes.renew()
  wishes.renewed("asked")
  assert.deepEqual([wishes.mode, modes], ["push_to_talk", ["push_to_talk"]])
})

test("chosen by hand it is told at once, and a slider of the same way changes nothing of it", () => {
  const { wishes, preferences, modes } = made()
  wishes.start(true)
  preferences.choose("mode", "push_to_talk")
  assert.deepEqual(modes, [])
  mock.timers.tick(10)
  assert.deepEqual(modes, ["push_to_talk"])
  preferences.choose("mode", "server_vad")
  mock.timers.tick(10)
  preferences.choose("threshold", 0.7)
  mock.timers.tick(500)
  assert.deepEqual(modes, ["push_to_talk", "server_vad"])
})

test("the turn told while another session is on its way is that one's too", () => {
  const { wishes, preferences, sent } = made()
  wishes.start(true)
  preferences.choose("voice", "cedar")
  wishes.renew()
  preferences.choose("mode", "push_to_talk")
  mock.timers.tick(10)
  wishes.renewed("asked")
  assert.equal(wishes.mode, "push_to_talk")
  const told = sent.length
  wishes.tell()
  assert.equal(sent.length, told)
})

test("noise is taken out as fits the microphone, whichever it is by now, and as was chosen", () => {
  const { wishes, preferences, sent, delegate } = made()
  delegate.microphoneName = "MacBook Pro Microphone (Built-in)"
  wishes.start(true)
  delegate.microphoneName = "Headset (Jabra)"
  wishes.tell()
  wishes.tell()
  preferences.choose("noise", "off")
  mock.timers.tick(200)
  preferences.choose("noise", "near")
  mock.timers.tick(200)
  assert.deepEqual(sent, [
    ["start", { ...CAREFUL, noise: "far" }], ["configure", { noise: "near" }], ["configure", { noise: "off" }],
    ["configure", { noise: "near" }]
  ])
})

test("a session that is not told of noise is of a microphone that is near", () => {
  const { wishes, sent, delegate } = made()
  wishes.start(true)
  delegate.microphoneName = "Headset"
  wishes.tell()
  assert.deepEqual(sent, [["start", CAREFUL]])
})
