import assert from "node:assert/strict"
import { test } from "node:test"
import { FIGURES, STILL, swell } from "../../../voiceapp/static/js/models/figures.js"

/** What the stage looks like in black and white, at a moment. */
function drawn(state, seconds) {
  const side = ({ mark, motion }) => Array.from({ length: 27 }, (_, i) => swell(motion, i, seconds))
    .map(size => mark === "none" || size < 0 ? "" : `${mark}${size.toFixed(2)}`)
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
