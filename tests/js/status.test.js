import assert from "node:assert/strict"
import { test } from "node:test"
import { FIGURES, STILL, swell } from "../../voiceapp/static/js/models/figures.js"
import { stateOf } from "../../voiceapp/static/js/models/status.js"

const call = (phase, turn, more = {}) => ({ callState: { phase, turn }, asking: false, muted: false, speaking: false, isPushToTalk: false, talking: false, ...more })

test("the state follows what is heard, not only what the server says", () => {
  assert.equal(stateOf(call("idle", "listening")), "idle")
  assert.equal(stateOf(call("connecting", "listening", { asking: true })), "permission")
  assert.equal(stateOf(call("live", "listening", { speaking: true })), "assistant")
  assert.equal(stateOf(call("live", "user", { speaking: true })), "user")
  assert.equal(stateOf(call("live", "tool")), "tool")
})

test("nobody is asked for anything once the call is over, though the browser's question still stands", () => {
  for (const phase of ["idle", "ended"]) assert.equal(stateOf(call(phase, "listening", { asking: true })), phase)
})

test("who is not heard is not listened to: muted, or the key is up", () => {
  assert.equal(stateOf(call("live", "listening", { muted: true })), "muted")
  assert.equal(stateOf(call("live", "listening", { isPushToTalk: true })), "talk")
  assert.equal(stateOf(call("live", "listening", { isPushToTalk: true, talking: true })), "user")
})

/** What the stage looks like in black and white, at a moment. */
function drawn(state, seconds) {
  const side = ({ mark, motion }) => Array.from({ length: 27 }, (_, i) => swell(motion, i, seconds)).map(size => mark === "none" || size < 0 ? "" : `${mark}${size.toFixed(2)}`)
  return JSON.stringify([side(FIGURES[state].you), side(FIGURES[state].assistant)])
}

test("the figures of all states differ by shape alone, even where nothing moves", () => {
  const figures = Object.keys(FIGURES).map(state => drawn(state, 0))
  assert.equal(new Set(figures).size, figures.length)
})

test("what moves does so, and what stands still does not", () => {
  for (const [state, { you, assistant }] of Object.entries(FIGURES)) {
    const moments = new Set([0, 0.4, 0.7, 1.1].map(seconds => drawn(state, seconds)))
    assert.equal(moments.size > 1, !STILL.has(you.motion) || !STILL.has(assistant.motion), state)
  }
})
