// Where a call stands: its phase and whose turn it is. Knows which step may follow which, and nothing else.

/** @typedef {"idle" | "connecting" | "live" | "reconnecting" | "ended"} Phase */
/**
 * @typedef {"call" | "readied" | "away" | "resumed" | "back" | "lost" | "hungUp" | "ended"} Step `away`: the line is
 *   lost, the call is kept; `back`: a page comes back to the call it was in before it was loaded again; `lost`: the
 *   call is
 */

/** @type {Record<Phase, Partial<Record<Step, Phase>>>} */
const NEXT = {
  idle: { call: "connecting", back: "reconnecting" },
  connecting: { readied: "live", hungUp: "ended", ended: "ended" },
  live: { away: "reconnecting", lost: "reconnecting", hungUp: "ended", ended: "ended" },
  reconnecting: { readied: "live", resumed: "live", lost: "reconnecting", hungUp: "ended", ended: "ended" },
  ended: { call: "connecting", back: "reconnecting" }
}
/** The same call, in the same turn. @type {Step[]} */
const GOES_ON = ["away", "resumed", "back"]

export class CallState {
  /** @type {Phase} */
  phase = "idle"
  /** @type {import("../wire.js").TurnState} */
  turn = "listening"
  /** There is a call, whether or not the line is there. */
  goesOn = false

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
    this.goesOn = GOES_ON.includes(step) || step === "readied"
    if (!GOES_ON.includes(step)) this.turn = "listening"
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
