// A tool that was used, in words.

/** @typedef {import("../wire.js").Tool} Tool */
/** @typedef {{say: (key: string, values?: Record<string, string | number>) => string}} Words */

/** @type {Record<import("../wire.js").ToolState, string>} */
const STATES = {
  running: "transcript.tool.running", done: "transcript.tool.done", failed: "transcript.tool.failed",
  asked: "transcript.tool.asked", declined: "transcript.tool.declined", unknown: "transcript.tool.unknown"
}

/** @param {Tool} tool @param {Words} words */
export function toolName({ name, state }, words) {
  // Nobody used it yet, or at all.
  if (state === "asked" || state === "declined") return words.say("transcript.tool.wanted", { name: inWords(name) })
  return name ? words.say("transcript.tool", { name: inWords(name) }) : words.say("transcript.tool.unnamed")
}

/** @param {Tool} tool @param {Words} words */
export function toolState({ state }, words) {
  return words.say(STATES[state])
}

/** A function's name as people write. @param {string} name */
export const inWords = name => name.replaceAll("_", " ")

/** Both in a line. @param {Tool} tool @param {Words} words */
export function toolLine(tool, words) {
  return words.say("transcript.tool.line", { tool: toolName(tool, words), state: toolState(tool, words) })
}
