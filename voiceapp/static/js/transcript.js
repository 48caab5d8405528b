// The conversation in spoken order, whatever the order in which its pieces arrive: places by what they follow, words by
// their running number. One segment for each call; nothing of an earlier one is touched by a later.

/**
 * @typedef {object} Entry
 * @property {string} key unique on the page
 * @property {string} id
 * @property {import("./wire.js").Role} role
 * @property {"audio" | "text"} kind
 * @property {string} text
 * @property {boolean} final
 * @property {string | null} heard after a cut, what was heard
 * @property {boolean} removed
 * @property {number} version grows with each change
 */

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
   * @param {import("./wire.js").Place} place
   */
  place(n, place) {
    this.segments.at(-1)?.place(n, place)
    this.delegate.transcriptChanged()
  }

  /**
   * @param {number} n
   * @param {import("./wire.js").Wording} wording
   */
  word(n, wording) {
    this.segments.at(-1)?.word(n, wording)
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

/** One call. A place may be given anew: each is a move in a list, and the moves are made in the order of their numbers. */
class Segment {
  /** @type {{n: number, place: import("./wire.js").Place}[]} */
  moves = []
  /** @type {import("./wire.js").Place[]} */
  list = []
  /** @type {Map<string, Words>} */
  words = new Map()

  /** @param {number} index */
  constructor(index) {
    this.index = index
  }

  get empty() {
    return this.list.length === 0
  }

  /**
   * @param {number} n
   * @param {import("./wire.js").Place} place
   */
  place(n, place) {
    const last = this.moves.at(-1)
    this.moves.push({ n, place })
    if (last && last.n > n) this.#moveAll()
    else this.#move(place)
  }

  /**
   * @param {number} n
   * @param {import("./wire.js").Wording} wording
   */
  word(n, wording) {
    this.#wordsOf(wording.item).take(n, wording)
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

  /** Behind the one it follows; to the end where that one is not known (yet). @param {import("./wire.js").Place} place */
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

  /** @param {import("./wire.js").Place} place @returns {Entry} */
  #entry({ id, role, kind }) {
    return { key: `${this.index}/${id}`, id, role, kind, ...this.#wordsOf(id).state }
  }
}

const BLANK = { text: "", final: false, heard: /** @type {string | null} */ (null), removed: false, version: 0 }

/** The words of one item, folded from what came in the order of its numbers. */
class Words {
  state = BLANK
  /** @type {{n: number, wording: import("./wire.js").Wording}[]} */
  pieces = []

  /**
   * @param {number} n
   * @param {import("./wire.js").Wording} wording
   */
  take(n, wording) {
    const version = this.state.version + 1
    const last = this.pieces.at(-1)
    this.pieces.push({ n, wording })
    if (!last || last.n < n) this.state = { ...fold(this.state, wording), version }
    else this.state = { ...this.#foldAll(), version }
  }

  #foldAll() {
    this.pieces.sort((a, b) => a.n - b.n)
    return this.pieces.reduce((state, { wording }) => fold(state, wording), BLANK)
  }
}

/**
 * @param {typeof BLANK} state
 * @param {import("./wire.js").Wording} wording
 */
function fold(state, { delta, text, final, heard, removed }) {
  if (removed) return { ...state, removed: true }
  if (heard !== undefined) return { ...state, heard }
  if (text !== undefined) return { ...state, text, final: final === true }
  return { ...state, text: state.text + (delta ?? "") }
}
