// The conversation in spoken order, whatever the order in which its pieces arrive: places by what they follow, words by
// their running number. One segment for each call; nothing of an earlier one is touched by a later.

import { floorGrapheme } from "../text/segments.js"

/**
 * @typedef {object} Entry
 * @property {string} key unique on the page
 * @property {string} id
 * @property {import("../wire.js").Role} role
 * @property {"audio" | "text"} kind
 * @property {string} text
 * @property {boolean} final
 * @property {string | null} heard after a cut, what was heard
 * @property {import("./marks.js").Incomplete | null} incomplete the service ended it before its end
 * @property {boolean} failed it could not be written down
 * @property {boolean} removed
 * @property {import("./tool.js").Tool | null} tool of a tool's, once known
 * @property {number} at when it was placed, unix milliseconds
 * @property {import("./latency.js").Latency | null} latency of the assistant's, once measured
 * @property {number} version grows with each change
 */

/**
 * What of it was heard, all where it was not cut; no character is split.
 * @param {{text: string, heard: string | null}} entry
 */
export function heardPart({ text, heard }) {
  if (heard === null) return text
  return text.startsWith(heard) ? text.slice(0, floorGrapheme(text, heard.length)) : heard
}

export class Transcript {
  /** @type {Segment[]} */
  segments = []

  /** @param {{transcriptChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /** A new call begins: its numbers start again. */
  begin() {
    if (this.segments.at(-1)?.empty) this.segments.pop()
    this.segments.push(new Segment(this.segments.length))
    this.delegate.transcriptChanged()
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Place} place
   * @param {number} at unix milliseconds
   */
  place(n, place, at) {
    this.segments.at(-1)?.place(n, place, at)
    this.delegate.transcriptChanged()
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Wording} wording
   */
  word(n, wording) {
    this.segments.at(-1)?.word(n, wording)
    this.delegate.transcriptChanged()
  }

  /** @param {import("./latency.js").Latency} latency */
  measure(latency) {
    this.segments.at(-1)?.measure(latency)
    this.delegate.transcriptChanged()
  }

  /**
   * The call is over, or its line: what has not come will not come, and what was not heard is cut.
   * @param {(entry: Entry) => string | null} seen what of an entry is seen, where that is not all
   */
  settle(seen) {
    this.segments.at(-1)?.settle(seen)
    this.delegate.transcriptChanged()
  }

  /** @returns {Entry[][]} */
  get entries() {
    return this.segments.map(segment => segment.ordered)
  }

  /** @param {string} id in the present call */
  entry(id) {
    return this.segments.at(-1)?.ordered.find(entry => entry.id === id)
  }
}

/**
 * One call. A place may be given anew: each is a move in a list, and the moves are made in the order of their numbers.
 */
class Segment {
  /** @type {{n: number, place: import("../wire.js").Place}[]} */
  moves = []
  /** @type {import("../wire.js").Place[]} */
  list = []
  /** @type {Map<string, Words>} */
  words = new Map()
  /** @type {Map<string, number>} when each was first placed */
  times = new Map()

  /** @param {number} index */
  constructor(index) {
    this.index = index
  }

  get empty() {
    return this.list.length === 0
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Place} place
   * @param {number} at
   */
  place(n, place, at) {
    if (!this.times.has(place.id)) this.times.set(place.id, at)
    const last = this.moves.at(-1)
    this.moves.push({ n, place })
    if (last && last.n > n) this.#moveAll()
    else this.#move(place)
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Wording} wording
   */
  word(n, wording) {
    this.#wordsOf(wording.item).take(n, wording)
  }

  /** @param {import("./latency.js").Latency} latency */
  measure(latency) {
    this.#wordsOf(latency.item).measure(latency)
  }

  /** @param {(entry: Entry) => string | null} seen */
  settle(seen) {
    for (const entry of this.ordered) this.#wordsOf(entry.id).settle(seen(entry))
  }

  /** @returns {Entry[]} */
  get ordered() {
    return this.list.map(place => this.#entry(place)).filter(entry => !entry.removed)
  }

  #moveAll() {
    this.moves.sort((a, b) => a.n - b.n)
    this.list = []
    for (const { place } of this.moves) this.#move(place)
  }

  /**
   * Behind the one it follows; to the end where that one is not known (yet).
   * @param {import("../wire.js").Place} place
   */
  #move(place) {
    const others = this.list.filter(({ id }) => id !== place.id)
    const before = others.findIndex(({ id }) => id === place.after)
    const at = place.after === null ? 0 : before < 0 ? others.length : before + 1
    this.list = others.toSpliced(at, 0, place)
  }

  /** @param {string} id */
  #wordsOf(id) {
    if (!this.words.has(id)) this.words.set(id, new Words())
    return /** @type {Words} */ (this.words.get(id))
  }

  /** @param {import("../wire.js").Place} place @returns {Entry} */
  #entry({ id, role, kind }) {
    const { state, latency } = this.#wordsOf(id)
    return { key: `${this.index}/${id}`, id, role, kind, at: this.times.get(id) ?? 0, latency, ...state }
  }
}

const BLANK = {
  text: "", final: false, heard: /** @type {string | null} */ (null),
  incomplete: /** @type {import("./marks.js").Incomplete | null} */ (null), failed: false, removed: false,
  tool: /** @type {import("./tool.js").Tool | null} */ (null), version: 0
}

/** The words of one item, folded from what came in the order of its numbers. */
class Words {
  state = BLANK
  /** @type {import("./latency.js").Latency | null} */
  latency = null
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

  /** @param {import("./latency.js").Latency} latency */
  measure(latency) {
    this.latency = latency
    this.state = { ...this.state, version: this.state.version + 1 }
  }

  /** @param {string | null} seen where that is not all */
  settle(seen) {
    if (this.settled) return
    const { heard, tool, version } = this.state
    const ended = tool?.state === "running" ? { ...tool, state: /** @type {const} */ ("unknown") } : tool
    this.settled = true
    this.state = { ...this.state, final: true, heard: heard ?? seen, tool: ended, version: version + 1 }
  }

  #foldAll() {
    this.pieces.sort((a, b) => a.n - b.n)
    return this.pieces.reduce((state, { wording }) => fold(state, wording), BLANK)
  }
}

/**
 * @param {typeof BLANK} state
 * @param {import("../wire.js").Wording} wording
 */
function fold(state, { delta, text, final, heard, removed, tool, incomplete, failed }) {
  if (removed) return { ...state, removed: true }
  if (tool) return { ...state, tool, final: tool.state !== "running" }
  if (heard !== undefined) return { ...state, heard }
  if (incomplete) return { ...state, incomplete }
  if (text !== undefined) return { ...state, text, final: final === true, failed: failed === true }
  return { ...state, text: state.text + (delta ?? "") }
}
