import assert from "node:assert/strict"
import { test } from "node:test"
import { stateOf } from "../../../voiceapp/static/js/models/status.js"

const call = (phase, turn, more = {}) => ({
  callState: { phase, turn }, asking: false, muted: false, audio: { stopped: false }, speaking: false,
  isPushToTalk: false, talking: false, pausing: false, ...more
})

test("the state follows what is heard, not only what the server says", () => {
  assert.equal(stateOf(call("idle", "listening")), "idle")
  assert.equal(stateOf(call("connecting", "listening", { asking: true })), "permission")
  assert.equal(stateOf(call("live", "listening", { speaking: true })), "assistant")
  assert.equal(stateOf(call("live", "user", { speaking: true })), "user")
  assert.equal(stateOf(call("live", "tool")), "tool")
  assert.equal(stateOf(call("live", "user", { pausing: true })), "pause")
})

test("nobody is asked for anything once the call is over, though the browser's question still stands", () => {
  for (const phase of ["idle", "ended"]) assert.equal(stateOf(call(phase, "listening", { asking: true })), phase)
})

test("who is not heard is not listened to: muted, the sound is stopped, or the key is up", () => {
  assert.equal(stateOf(call("live", "listening", { muted: true })), "muted")
  assert.equal(stateOf(call("live", "listening", { audio: { stopped: true } })), "muted")
  assert.equal(stateOf(call("live", "listening", { isPushToTalk: true })), "talk")
  assert.equal(stateOf(call("live", "listening", { isPushToTalk: true, talking: true })), "user")
  assert.equal(stateOf(call("live", "listening", { isPushToTalk: true, muted: true })), "muted")
})
