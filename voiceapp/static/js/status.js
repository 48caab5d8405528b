// The state of the call in words.

/**
 * The key of the words for it.
 * @param {{session: {phase: string, turn: string}, asking: boolean, muted: boolean, speaking: boolean, pushToTalk: boolean}} call
 */
export function statusKey({ session: { phase, turn }, asking, muted, speaking, pushToTalk }) {
  if (asking) return "status.permission"
  if (phase !== "live") return `status.${phase}`
  if (speaking && turn !== "user") return "status.assistant"
  if (turn !== "listening") return `status.${turn}`
  if (muted) return "status.listening.muted"
  return pushToTalk ? "status.listening.talk" : "status.listening"
}
