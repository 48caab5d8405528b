import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"
import { ENDS, FADING, HELPLESS, helpOf } from "../../../voiceapp/static/js/models/notice-ends.js"
import { Notices } from "../../../voiceapp/static/js/models/notices.js"
import { checkSupport } from "../../../voiceapp/static/js/browser/support-check.js"

const words = new Words(
  "en", { "notice.quota.title": "Used up", "notice.quota.next": "Pay.", "notice.other.title": "Hm" }
)

/** Those of a call that goes on. */
function notices(said = words) {
  const made = new Notices(said, { noticesChanged() {} })
  made.callBegan()
  return made
}

const standing = made => made.all.map(({ code }) => code)

test("the page's own words come first, the server's where it has none", () => {
  const made = notices()
  made.add({ code: "quota", message: "insufficient_quota", fatal: true })
  made.add({ code: "new_thing", message: "Plain words." })
  assert.deepEqual(
    made.all.map(({ title, next, fatal }) => [title, next, fatal]),
    [["Used up", "Pay.", true], ["Hm", "Plain words.", false]]
  )
})

test("a code stands once, and three at most stand", () => {
  const made = notices()
  for (const code of ["a", "b", "c", "b", "d"]) made.add({ code })
  assert.deepEqual(made.all.map(({ code, times }) => [code, times]), [["c", 1], ["b", 2], ["d", 1]])
  made.dismiss("b")
  assert.equal(made.all.length, 2)
  made.callBegan()
  assert.equal(made.all.length, 0)
})

test("one is seen at a time, the latest, and information only for a while", () => {
  const made = notices()
  const seen = () => made.shown?.code ?? null
  assert.equal(seen(), null)
  for (const code of ["microphone_denied", "moved"]) made.add({ code })
  assert.equal(seen(), "moved")
  made.fade("moved")
  assert.equal(seen(), "microphone_denied")
  assert.deepEqual(standing(made), ["microphone_denied", "moved"], "it is still told to who does not see")
  made.add({ code: "moved" })
  assert.equal(seen(), "moved", "said once more")
  made.dismiss("moved")
  made.over("microphoneAllowed")
  assert.equal(seen(), null)
})

test("of too many, what was seen goes first, then information, and an error last", () => {
  const made = notices()
  for (const code of ["no_sound", "moved", "renewed"]) made.add({ code })
  made.fade("renewed")
  made.add({ code: "budget_low" })
  assert.deepEqual(standing(made), ["no_sound", "moved", "budget_low"])
  made.add({ code: "microphone_silent" })
  assert.equal(standing(made)[0], "no_sound")
  for (const code of ["microphone_denied", "moved"]) made.add({ code })
  assert.equal(made.shown?.code, "moved", "the latest is seen")
})

/** What happens without a press. */
const BY_ITSELF = [
  "callReady", "lineBack", "sessionBegan", "turnBegan", "turnOver", "silenceOver", "microphoneGivenBack", "storeFreed"
]

test("a notice goes out of sight by itself, or one button helps, or nobody can", () => {
  for (const [code, ends] of Object.entries(ENDS)) {
    const made = notices()
    made.add({ code, fatal: ends?.length === 0 })
    const [{ fades, help }] = made.all
    const waits = ends?.some(end => BY_ITSELF.includes(end))
    assert.ok(fades || help || waits || HELPLESS.has(code), code)
    assert.equal(help !== null && HELPLESS.has(code), false, code)
  }
  assert.equal(helpOf("of_a_newer_server", true), "call")
  assert.equal(helpOf("of_a_newer_server", false), null)
  assert.ok([...FADING].every(code => code in ENDS))
})

test("why a call ended never fades", () => {
  const made = notices()
  made.add({ code: "moved", fatal: true })
  assert.equal(made.all[0].fades, false)
})

test("what makes a call impossible is found", () => {
  const whole = { isSecureContext: true, AudioContext: 1, AudioWorkletNode: 1, io: 1 }
  assert.equal(checkSupport(whole), null)
  assert.equal(checkSupport({ ...whole, isSecureContext: false, AudioWorkletNode: undefined }), "insecure")
  assert.equal(checkSupport({ ...whole, AudioWorkletNode: undefined }), "unsupported")
  assert.equal(checkSupport({ ...whole, io: undefined }), "client_missing")
})

test("how far the engine is is said with its notice, which stands once", () => {
  const said = new Words("en", {
    "notice.engine_starting.title": "Starting", "notice.engine_starting.next": "Wait.",
    "notice.engine_starting.progress": "Loading {part}: {done} of {of}.", "engine.part.voice": "the voice"
  })
  const made = notices(said)
  made.add({ code: "engine_starting" })
  assert.deepEqual(made.all.map(({ next, progress }) => [next, progress]), [["Wait.", ""]])
  made.add({ code: "engine_starting", progress: { part: "voice", done: 2, of: 3 } })
  assert.deepEqual(made.all.map(({ next, progress }) => [next, progress]), [["Wait.", "Loading the voice: 2 of 3."]])
})

test("a wrong place says which names differ, where they do", () => {
  const said = new Words("en", {
    "notice.wrong_place.title": "Wrong", "notice.wrong_place.next": "Elsewhere.",
    "notice.wrong_place.compared": "{origin} is not {host}."
  })
  const next = trouble => {
    const made = new Notices(said, { noticesChanged() {} })
    made.add({ code: "wrong_place", ...trouble })
    return made.all[0].next
  }
  assert.equal(
    next({ host: "localhost:8000", origin: "https://voice.example" }), "https://voice.example is not localhost:8000."
  )
  for (const trouble of [{}, { host: "voice.example", origin: "https://voice.example" }, { host: "a", origin: "null" }])
    assert.equal(next(trouble), "Elsewhere.")
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
  const made = notices(said)
  made.add({ code: "settings_refused", fatal: true })
  assert.deepEqual(made.all.map(({ next }) => next), ["Check three settings."])
  made.add({ code: "settings_refused", fatal: true, param: "session.voice" })
  assert.deepEqual(made.all.map(({ next }) => next), ["It refuses session.voice."])
})

const STATIC = new URL("../../../voiceapp/static/", import.meta.url)
const WORDED = Object.keys(JSON.parse(readFileSync(new URL("i18n/en.json", STATIC), "utf8")))
  .map(key => key.match(/^notice\.(\w+)\.title$/u)?.[1]).filter(code => code && code !== "other")

test("of every notice, the page's and the server's, it is known what ends it", () => {
  assert.deepEqual(Object.keys(ENDS).sort(), WORDED.sort())
})

test("whatever ends a notice is said somewhere, by one who knows", () => {
  const source = readdirSync(new URL("js/", STATIC), { recursive: true })
    .filter(name => name.endsWith(".js")).map(name => readFileSync(new URL(`js/${name}`, STATIC), "utf8")).join("\n")
  const ends = new Set(Object.values(ENDS).flatMap(some => some ?? []))
  ends.delete("callOver")
  for (const end of ends) assert.ok(source.includes(`.over("${end}"`), end)
  assert.deepEqual(source.match(/notices\.dismiss\(/gu), ["notices.dismiss("])
})

for (const [code, ends] of Object.entries(ENDS)) {
  test(`${code} ends with what ends it, and with nothing else`, () => {
    const every = new Set(Object.values(ENDS).flatMap(some => some ?? []))
    for (const end of every) {
      const made = notices()
      made.add({ code })
      end === "callOver" ? made.callEnded() : made.over(end)
      assert.deepEqual(standing(made), ends?.includes(end) ? [] : [code], end)
    }
    const made = notices()
    made.add({ code })
    made.callBegan()
    assert.deepEqual(standing(made), ends ? [] : [code])
  })
}

test("what is true only of a call is not said once it is over, though it was on its way", () => {
  for (const [code, ends] of Object.entries(ENDS)) {
    // One for each: three stand at most.
    const over = notices()
    over.callEnded()
    over.add({ code })
    assert.deepEqual(standing(over), ends?.includes("callOver") ? [] : [code])
  }
  const made = notices()
  made.callEnded()
  made.add({ code: "engine_starting" }, ["sampleAsked"])
  assert.deepEqual(standing(made), ["engine_starting"])
  made.over("sampleAsked")
  assert.ok(!standing(made).includes("engine_starting"))
})
