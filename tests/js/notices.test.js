import assert from "node:assert/strict"
import { test } from "node:test"
import { Words } from "../../voiceapp/static/js/i18n.js"
import { Notices } from "../../voiceapp/static/js/notices.js"
import { obstacle } from "../../voiceapp/static/js/obstacle.js"

const words = new Words("en", { "notice.quota.title": "Used up", "notice.quota.next": "Pay.", "notice.other.title": "Hm" })
const notices = () => new Notices(words, { noticesChanged() {} })

test("the page's own words come first, the server's where it has none", () => {
  const made = notices()
  made.add({ code: "quota", message: "insufficient_quota", fatal: true })
  made.add({ code: "new_thing", message: "Plain words." })
  assert.deepEqual(made.all.map(({ title, next, fatal }) => [title, next, fatal]), [["Used up", "Pay.", true], ["Hm", "Plain words.", false]])
})

test("a code stands once, and three at most stand", () => {
  const made = notices()
  for (const code of ["a", "b", "c", "b", "d"]) made.add({ code })
  assert.deepEqual(made.all.map(({ code, times }) => [code, times]), [["c", 1], ["b", 2], ["d", 1]])
  made.dismiss("b")
  assert.equal(made.all.length, 2)
  made.clear()
  assert.equal(made.all.length, 0)
})

test("what makes a call impossible is found", () => {
  const whole = { isSecureContext: true, AudioContext: 1, AudioWorkletNode: 1, io: 1 }
  assert.equal(obstacle(whole), null)
  assert.equal(obstacle({ ...whole, isSecureContext: false, AudioWorkletNode: undefined }), "insecure")
  assert.equal(obstacle({ ...whole, AudioWorkletNode: undefined }), "unsupported")
  assert.equal(obstacle({ ...whole, io: undefined }), "client_missing")
})

test("how far the engine is is said with its notice, which stands once", () => {
  const said = new Words("en", {
    "notice.engine_starting.title": "Starting", "notice.engine_starting.next": "Wait.",
    "notice.engine_starting.progress": "Loading {part}: {done} of {of}.", "engine.part.voice": "the voice"
  })
  const made = new Notices(said, { noticesChanged() {} })
  made.add({ code: "engine_starting" })
  assert.deepEqual(made.all.map(({ next, progress }) => [next, progress]), [["Wait.", ""]])
  made.add({ code: "engine_starting", progress: { part: "voice", done: 2, of: 3 } })
  assert.deepEqual(made.all.map(({ next, progress }) => [next, progress]), [["Wait.", "Loading the voice: 2 of 3."]])
})

test("a wrong place says which names differ, where they do", () => {
  const said = new Words("en", { "notice.wrong_place.title": "Wrong", "notice.wrong_place.next": "Elsewhere.", "notice.wrong_place.compared": "{origin} is not {host}." })
  const next = trouble => {
    const made = new Notices(said, { noticesChanged() {} })
    made.add({ code: "wrong_place", ...trouble })
    return made.all[0].next
  }
  assert.equal(next({ host: "localhost:8000", origin: "https://voice.example" }), "https://voice.example is not localhost:8000.")
  for (const trouble of [{}, { host: "voice.example", origin: "https://voice.example" }, { host: "a", origin: "null" }]) assert.equal(next(trouble), "Elsewhere.")
})

test("what was about the call goes with it, but not why it ended", () => {
  const made = notices()
  for (const code of ["idle_soon", "microphone_shut"]) made.add({ code })
  made.add({ code: "idle", fatal: true })
  made.callEnded()
  assert.deepEqual(made.all.map(({ code }) => code), ["idle"])
})

test("a refusal names what was refused, where the service says it", () => {
  const said = new Words("en", {
    "notice.settings_refused.title": "Refused", "notice.settings_refused.next": "Check three settings.",
    "notice.settings_refused.param": "It refuses {param}."
  })
  const made = new Notices(said, { noticesChanged() {} })
  made.add({ code: "settings_refused", fatal: true })
  assert.deepEqual(made.all.map(({ next }) => next), ["Check three settings."])
  made.add({ code: "settings_refused", fatal: true, param: "session.voice" })
  assert.deepEqual(made.all.map(({ next }) => next), ["It refuses session.voice."])
})
