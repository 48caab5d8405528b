// Where a call stands: its phase and whose turn it is. Knows which step may follow which, and nothing else.

/** @typedef {"idle" | "connecting" | "live" | "reconnecting" | "ended"} Phase */
/** @typedef {"call" | "readied" | "lost" | "hungUp" | "ended"} Step */

/** @type {Record<Phase, Partial<Record<Step, Phase>>>} */
const NEXT = {
  idle: { call: "connecting" },
  connecting: { readied: "live", hungUp: "ended", ended: "ended" },
  live: { lost: "reconnecting", hungUp: "ended", ended: "ended" },
  reconnecting: { readied: "live", hungUp: "ended", ended: "ended" },
  ended: { call: "connecting" }
}

export class CallState {
  /** @type {Phase} */
  phase = "idle"
  /** @type {import("../wire.js").TurnState} */
  turn = "listening"

  /** @param {{callStateChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /**
   * Takes a step if it may follow, and says whether it did.
   * @param {Step} step
   */
  take(step) {
    const next = NEXT[this.phase][step]
    if (!next) return false
    this.phase = next
    this.turn = "listening"
    this.delegate.callStateChanged()
    return true
  }

  /** @param {import("../wire.js").TurnState} turn */
  turnTo(turn) {
    if (!this.live || this.turn === turn) return
    this.turn = turn
    this.delegate.callStateChanged()
  }

  get live() {
    return this.phase === "live"
  }

  /** A call is there or on its way: the big button hangs up. */
  get active() {
    return this.phase !== "idle" && this.phase !== "ended"
  }
}
