// What the stage shows where no voice is heard: for each state of the call the marks of both sides and how they move.
// Each is told from the others by shape alone, and by its shape when nothing may move.

/** @typedef {"dot" | "ring" | "square" | "line" | "none"} Mark */
/** @typedef {"rest" | "sparse" | "breathe" | "inward" | "outward" | "step" | "search" | "wait"} Motion */
/** @typedef {{mark: Mark, motion: Motion}} Figure */

/** @param {Mark} mark @param {Motion} motion @returns {Figure} */
const figure = (mark, motion = "rest") => ({ mark, motion })
const still = figure("dot")
const flat = figure("line")

/** @type {Record<import("./status.js").State, {you: Figure, assistant: Figure}>} */
export const FIGURES = {
  idle: { you: still, assistant: still },
  permission: { you: figure("ring", "sparse"), assistant: figure("ring", "sparse") },
  connecting: { you: figure("dot", "inward"), assistant: figure("dot", "inward") },
  listening: { you: figure("dot", "breathe"), assistant: flat },
  user: { you: still, assistant: flat },
  pause: { you: figure("dot", "wait"), assistant: flat },
  thinking: { you: flat, assistant: figure("dot", "outward") },
  tool: { you: flat, assistant: figure("square", "step") },
  assistant: { you: flat, assistant: still },
  muted: { you: figure("none"), assistant: flat },
  talk: { you: figure("ring", "sparse"), assistant: flat },
  reconnecting: { you: figure("line", "search"), assistant: figure("line", "search") },
  ended: { you: flat, assistant: flat }
}

/** Those that are drawn once. @type {Set<Motion>} */
export const STILL = new Set(/** @type {Motion[]} */ (["rest", "sparse"]))

/** Those that go by in a moment are drawn as smoothly as the screen can; the others may last, and must cost little. */
export const LIVELY = new Set(["inward", "outward", "step"])

/**
 * How large the mark is, 0 as at rest and 1 as tall as the stage; below 0 there is none.
 * @param {Motion} motion
 * @param {number} i from the middle
 * @param {number} seconds 0 for where it stands when nothing may move
 */
export function swell(motion, i, seconds) {
  return SWELLS[motion](i, seconds)
}

/** @type {Record<Motion, (i: number, seconds: number) => number>} */
const SWELLS = {
  rest: () => 0,
  sparse: i => i % 2 ? -1 : 0,
  breathe: (i, seconds) => 0.3 * Math.exp(-((i / 4) ** 2)) * (0.55 + 0.45 * Math.cos(turn(seconds / 3.2))),
  inward: (i, seconds) => 0.45 * crest(i / 9 + seconds / 1.2),
  outward: (i, seconds) => i < 10 ? 0.4 * crest(i / 10 - seconds / 1.4 - 0.2) : 0,
  step: (i, seconds) => i < 6 ? Number(i % 3 === Math.floor(seconds * 3) % 3) * 0.25 : -1,
  wait: (i, seconds) => i < 3 ? 0.3 + 0.1 * Math.cos(turn(seconds / 2.4 - (2 - i) / 6)) : -1,
  search: (i, seconds) => (i + Math.floor(seconds * 1.5)) % 4 < 2 ? 0 : -1
}

/** A wave with a narrow top. @param {number} turns */
function crest(turns) {
  return Math.max(0, Math.cos(turn(turns))) ** 3
}

/** In radians. @param {number} turns */
function turn(turns) {
  return 2 * Math.PI * turns
}
