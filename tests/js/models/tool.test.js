import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"
import { FORMATS, cues } from "../../../voiceapp/static/js/history/exports.js"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { toolLine, toolSentence } from "../../../voiceapp/static/js/models/tool.js"
import { Transcript } from "../../../voiceapp/static/js/models/transcript.js"
import { Transport } from "../../../voiceapp/static/js/call/transport.js"

const strings = language => JSON.parse(
  readFileSync(new URL(`../../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8")
)
const words = new Words("en", strings("en"))
const tool = (state, result) => ({ name: "weather", arguments: '{"city": "Kyoto"}', state, ...result && { result } })

const SCRIPT = [
  ["place", { id: "u1", role: "user", after: null, kind: "audio" }],
  ["place", { id: "t1", role: "tool", after: "u1", kind: "text" }],
  ["word", { item: "t1", tool: { ...tool("running"), arguments: "" } }],
  ["word", { item: "t1", tool: tool("done") }],
  ["word", { item: "t1", tool: tool("done", "Sunny.") }],
  ["place", { id: "a1", role: "assistant", after: "t1", kind: "audio" }]
].map((event, i) => [i + 1, event])

function* permutations(list) {
  if (list.length < 2) return yield list
  for (const [i, first] of list.entries()) for (const rest of permutations(list.toSpliced(i, 1))) yield [first, ...rest]
}

function told(events) {
  const transcript = new Transcript({ transcriptChanged() {} })
  transcript.begin()
  for (const [n, [verb, data]] of events) transcript[verb](n, data, 0)
  return transcript.entries[0]
}

test("every order of arrival gives the same tool in the same place", () => {
  for (const events of permutations(SCRIPT)) {
    const entries = told(events)
    assert.deepEqual(entries.map(({ id }) => id), ["u1", "t1", "a1"])
    assert.deepEqual(entries[1].tool, tool("done", "Sunny."))
    assert.equal(entries[1].final, true)
  }
})

test("while it runs its entry may still change", () => {
  assert.equal(told(SCRIPT.slice(0, 3))[1].final, false)
})

test("what the server tells of a tool belongs to the entry of its call", () => {
  const handlers = {}
  const arrived = []
  const socket = {
    connected: true, io: { on() {} }, on: (event, handler) => { handlers[event] = handler }, connect() {}
  }
  const transport = new Transport(
    () => socket, async () => null, { incoming: { transcriptArrived: (...data) => arrived.push(data) } }, () => 0
  )
  transport.open()
  handlers.tool(7, { call: "t1", ...tool("failed", "Away.") })
  assert.deepEqual(arrived, [[7, { item: "t1", tool: tool("failed", "Away.") }]])
})

test("so it may while the person is asked, and a call that ends then leaves it open what became of it", () => {
  const script = [...SCRIPT.slice(0, 2), [3, ["word", { item: "t1", tool: tool("asked") }]]]
  const transcript = new Transcript({ transcriptChanged() {} })
  transcript.begin()
  for (const [n, [verb, data]] of script) transcript[verb](n, data, 0)
  assert.equal(transcript.entries[0][1].final, false)
  transcript.settle(() => null)
  assert.equal(transcript.entries[0][1].tool.state, "unknown")
})

test("it is said in words, with its name where that is known", () => {
  assert.equal(toolLine({ ...tool("asked"), name: "place_order" }, words),
    "Using “place order”: Kyoto (waiting for your answer)")
  assert.equal(toolLine(tool("failed"), words), "Using “weather”: Kyoto (did not work)")
  assert.equal(toolLine({ ...tool("running"), name: "", arguments: "" }, words), "Using a tool (running)")
  assert.equal(toolLine({ ...tool("done"), tookMs: 840 }, words), "Using “weather”: Kyoto (0.8 s)")
  assert.equal(toolLine(tool("done"), new Words("ja", strings("ja"))), "「weather」を使用：Kyoto（完了）")
})

const sentence = (says, given, language = "en") => toolSentence(
  { ...tool("running"), name: "findWeather_now", says, arguments: JSON.stringify(given) },
  new Words(language, strings(language))
)
const EN = [{ language: "en", text: "The weather in {city}" }, { language: "en", text: "The weather" }]

test("its own sentence counts, in the page's language or for any, once all it names is known", () => {
  assert.equal(sentence(EN, { city: "Kyoto" }), "The weather in Kyoto")
  assert.equal(sentence(EN, {}), "The weather")
  assert.equal(sentence(EN, { city: { name: "Kyoto" } }), "The weather")
  assert.equal(sentence(EN, { city: ["Kyoto", "Nara"] }), "The weather in Kyoto, Nara")
  assert.equal(sentence([{ language: "", text: "{city}?" }, ...EN], { city: "Kyoto" }), "The weather in Kyoto")
  assert.equal(sentence([{ language: "", text: "{city}?" }, ...EN], { city: "京都" }, "ja"), "京都?")
  assert.equal(sentence(EN.slice(0, 1), { town: "Nara" }), "Using “find weather now”: Nara")
  assert.equal(sentence(EN, { city: "Kyoto" }, "ja"), "「find weather now」を使用：Kyoto")
  assert.equal(sentence([], { a: 1, b: null, c: true, d: "x", e: "y", f: "z" }), "Using “find weather now”: 1, x, y")
  assert.match(sentence(EN, { city: "x".repeat(90) }), /in x{59}…$/)
  // What runs the other way is set apart.
  assert.equal(sentence(EN, { city: "חיפה" }), "The weather in \u2068חיפה\u2069")
})

test("a kept talk has the tool with what was asked and what came, and the JSON all of it", () => {
  const recorder = new Recorder({ id: "t", began: Date.UTC(2026, 4, 3), model: "m", voice: "v" }, () => 0, null)
  const talk = recorder.talk(told([...SCRIPT, [9, ["word", { item: "u1", text: "And *Kyoto*?", final: true }]]]), [])
  assert.match(FORMATS.md.write(talk, words), /Kyoto\\\*\?\n\n_Using “weather”: Kyoto \(done\)_\n\nInput: .*Kyoto.*\n\nResult: Sunny\.\n$/)
  assert.equal(FORMATS.txt.write(talk, words), 'You: And *Kyoto*?\n[Using “weather”: Kyoto (done)]\nInput: {"city": "Kyoto"}\nResult: Sunny.\n')
  assert.deepEqual(JSON.parse(FORMATS.json.write(talk, words)).entries[1].tool, tool("done", "Sunny."))
  assert.deepEqual(cues(talk).map(({ role }) => role), ["user"])
})
