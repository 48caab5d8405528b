// The words of one item, folded from what came in the order of its numbers; and what else is known of it.

const BLANK = {
  text: "", final: false, heard: /** @type {string | null} */ (null),
  incomplete: /** @type {import("./marks.js").Incomplete | null} */ (null), failed: false, removed: false,
  tool: /** @type {import("./tool.js").Tool | null} */ (null), version: 0
}

export class Words {
  state = BLANK
  /** @type {import("./latency.js").Latency | null} */
  latency = null
  /** @type {string | null} */
  picture = null
  /** Nothing changes any more. */
  settled = false
  /** @type {{n: number, wording: import("../wire.js").Wording}[]} */
  pieces = []

  /**
   * @param {number} n
   * @param {import("../wire.js").Wording} wording
   */
  take(n, wording) {
    if (this.settled) return
    const version = this.state.version + 1
    const last = this.pieces.at(-1)
    this.pieces.push({ n, wording })
    if (!last || last.n < n) this.state = { ...fold(this.state, wording), version }
    else this.state = { ...this.#foldAll(), version }
  }

  /** What comes next is all there is. */
  forget() {
    this.pieces = []
    this.settled = false
    this.state = { ...BLANK, version: this.state.version + 1 }
  }

  /** @param {import("./latency.js").Latency} latency */
  measure(latency) {
    this.latency = latency
    this.state = { ...this.state, version: this.state.version + 1 }
  }

  /** @param {string} address */
  show(address) {
    this.picture = address
    this.state = { ...this.state, version: this.state.version + 1 }
  }

  /** @param {string | null} seen where that is not all */
  settle(seen) {
    if (this.settled) return
    const { heard, tool, version } = this.state
    const ended = tool && !isOver(tool) ? { ...tool, state: /** @type {const} */ ("unknown") } : tool
    this.settled = true
    this.state = { ...this.state, final: true, heard: heard ?? seen, tool: ended, version: version + 1 }
  }

  #foldAll() {
    this.pieces.sort((a, b) => a.n - b.n)
    return this.pieces.reduce((state, { wording }) => fold(state, wording), BLANK)
  }
}

/** @param {import("./tool.js").Tool} tool */
const isOver = ({ state }) => state !== "running" && state !== "asked"

/**
 * @param {typeof BLANK} state
 * @param {import("../wire.js").Wording} wording
 */
function fold(state, { delta, text, final, heard, removed, tool, incomplete, failed }) {
  if (removed) return { ...state, removed: true }
  if (tool) return { ...state, tool, final: isOver(tool) }
  if (heard !== undefined) return { ...state, heard }
  if (incomplete) return { ...state, incomplete }
  if (text !== undefined) return { ...state, text, final: final === true, failed: failed === true }
  return { ...state, text: state.text + (delta ?? "") }
}
