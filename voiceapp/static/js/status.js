// The state of the call in words.

/**
 * The key of the words for it.
 * @param {{session: {phase: string, turn: string}, asking: boolean, muted: boolean, speaking: boolean}} call
 */
export function statusKey({ session: { phase, turn }, asking, muted, speaking }) {
  if (asking) return "status.permission"
  if (phase !== "live") return `status.${phase}`
  if (speaking && turn !== "user") return "status.assistant"
  return turn === "listening" && muted ? "status.listening.muted" : `status.${turn}`
}
