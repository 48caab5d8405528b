import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"
import { FORMATS, cues } from "../../../voiceapp/static/js/history/exports.js"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { toolLine } from "../../../voiceapp/static/js/models/tool.js"
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
    "The tool place order (waiting for your answer)")
  assert.equal(toolLine(tool("failed"), words), "Used the tool weather (failed)")
  assert.equal(toolLine({ ...tool("running"), name: "" }, words), "Used a tool (running)")
  assert.equal(toolLine(tool("done"), new Words("ja", strings("ja"))), "ツール「weather」を使いました（完了）")
})

test("a kept talk has the tool with what was asked and what came, and the JSON all of it", () => {
  const recorder = new Recorder({ id: "t", began: Date.UTC(2026, 4, 3), model: "m", voice: "v" }, () => 0, null)
  const talk = recorder.talk(told([...SCRIPT, [9, ["word", { item: "u1", text: "And *Kyoto*?", final: true }]]]), [])
  assert.match(FORMATS.md.write(talk, words), /Kyoto\\\*\?\n\n_Used the tool weather \(done\)_\n\nInput: .*Kyoto.*\n\nResult: Sunny\.\n$/)
  assert.equal(FORMATS.txt.write(talk, words), 'You: And *Kyoto*?\n[Used the tool weather (done)]\nInput: {"city": "Kyoto"}\nResult: Sunny.\n')
  assert.deepEqual(JSON.parse(FORMATS.json.write(talk, words)).entries[1].tool, tool("done", "Sunny."))
  assert.deepEqual(cues(talk).map(({ role }) => role), ["user"])
})
