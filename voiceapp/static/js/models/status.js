// The state of the call: one of those that a person must be able to tell apart.

/**
 * @typedef {"idle" | "permission" | "connecting" | "listening" | "user" | "pause" | "thinking" | "tool" | "assistant" |
 *   "muted" | "talk" | "reconnecting" | "ended"} State `pause`: of somebody who has not finished; `muted` and `talk`
 *   (push to talk, the key is up, the microphone on) are listening, but to nobody; also where the browser keeps the
 *   sound stopped, though the microphone is on
 */

/**
 * @typedef {{muted: boolean, audio: {stopped: boolean}, speaking: boolean, isPushToTalk: boolean, talking: boolean,
 *   pausing: boolean}} Voices
 */

/**
 * @param {Voices & {callState: {phase: string, turn: string}, asking: boolean}} call
 * @returns {State}
 */
export function stateOf(call) {
  const { asking, callState: { phase, turn } } = call
  if (asking && phase !== "idle" && phase !== "ended") return "permission"
  return phase === "live" ? turnOf(turn, call) : /** @type {State} */ (phase)
}

/**
 * @param {string} turn
 * @param {Voices} voices
 * @returns {State}
 */
function turnOf(turn, voices) {
  if (voices.talking) return "user"
  if (voices.speaking && turn !== "user") return "assistant"
  if (turn === "user" && voices.pausing) return "pause"
  return turn === "listening" ? listeningTo(voices) : /** @type {State} */ (turn)
}

/** @param {Voices} voices @returns {State} */
function listeningTo({ muted, audio, isPushToTalk }) {
  if (muted) return "muted"
  return isPushToTalk ? "talk" : audio.stopped ? "muted" : "listening"
}
