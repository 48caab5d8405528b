import assert from "node:assert/strict"
import { test } from "node:test"
import { archive, archiveFile } from "../../../voiceapp/static/js/history/har.js"
import { CallLog } from "../../../voiceapp/static/js/models/call-log.js"

const PAGE = { address: "https://talk.example/app/", version: "v-1" }

function call() {
  let ms = 0
  const log = new CallLog(() => ms)
  log.beganAt = Date.UTC(2026, 10, 26, 12)
  log.came("up", "start", [{ page: "p" }])
  log.came("down", "ready", [{ token: "secret-token" }])
  ms = 1000
  log.came("up", "audio", [1, "AAAA"])
  ms = 1040
  log.came("up", "audio", [2, "AAAA"])
  log.came("down", "transcript", [1, { item: "u1", text: "Hello.", final: true }])
  log.note("state", { state: "user" })
  log.clock.skew = 5
  return log
}

test("a call is an HTTP archive of one WebSocket, with its messages in order", () => {
  const { log } = archive(call(), [], PAGE)
  assert.equal(log.version, "1.2")
  const [entry] = log.entries
  assert.deepEqual([entry.request.url, entry.response.status], ["wss://talk.example/app/socket.io/", 101])
  assert.equal(entry.startedDateTime, "2026-11-26T12:00:00.000Z")
  const messages = entry._webSocketMessages
  assert.deepEqual(messages.map(({ type }) => type), ["send", "receive", "send", "receive"])
  assert.deepEqual(JSON.parse(messages[3].data), ["transcript", { item: "u1", text: "Hello.", final: true }])
  assert.deepEqual(
    [messages[2]._times, messages[2]._bytes, messages[2].time], [2, 6, Date.UTC(2026, 10, 26, 12) / 1000 + 1]
  )
  assert.deepEqual(log._page.map(({ type, state }) => [type, state]), [["state", "user"]])
})

test("it has what HAR 1.2 asks for, says that it holds what was said, and holds no key and no sound", () => {
  const { log } = archive(call(), [{ direction: "up", type: "response.create", at: 3, bytes: 9, summary: "", body: "{}" }], PAGE)
  for (const name of ["version", "creator", "pages", "entries"]) assert.ok(log[name], name)
  for (const entry of log.entries) {
    for (const name of ["startedDateTime", "time", "request", "response", "cache", "timings"]) assert.ok(name in entry, name)
    for (const part of [entry.request, entry.response])
      for (const name of ["httpVersion", "cookies", "headers", "headersSize", "bodySize"]) assert.ok(name in part, name)
  }
  assert.match(log.comment, /holds what was said/)
  assert.equal(log.entries[1]._webSocketMessages[0].time, Date.UTC(2026, 10, 26, 12) / 1000 + 0.008)
  assert.ok(!/secret-token|AAAA/.test(JSON.stringify(log)))
})

test("a run between server and model says how many there were, and until when", () => {
  const run = { direction: "up", type: "input_audio_buffer.append", at: 3, until: 995, times: 25, bytes: 9, body: "" }
  const [message] = archive(call(), [run], PAGE).log.entries[1]._webSocketMessages
  const began = Date.UTC(2026, 10, 26, 12) / 1000
  assert.deepEqual([message.time, message._until, message._times], [began + 0.008, began + 1, 25])
})

test("the file is named by when the call began", async () => {
  const { name, blob } = archiveFile(call(), [], PAGE)
  assert.equal(name, "voiceapp-2026-11-26T12-00-00.har")
  assert.equal(JSON.parse(await blob.text()).log.creator.name, "VoiceApp")
})
