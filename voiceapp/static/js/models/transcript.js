// The conversation in spoken order, in whatever order its pieces arrive: places by what they follow, words by their
// running number. One segment for each call; the latest are one talk, where each call goes on with the one before.

import { floorGrapheme } from "../text/segments.js"
import { Words } from "./item-words.js"
import { PastSegment } from "./past-segment.js"

/** @typedef {import("./breaks.js").Break} Break */
/**
 * @typedef {{parts: import("./past-segment.js").PastEntry[][], of: number, id: string}} KeptTalk
 *   `of`: unix milliseconds
 */

/**
 * @typedef {object} Entry
 * @property {string} key unique on the page
 * @property {string} id
 * @property {import("../wire.js").Role} role
 * @property {"audio" | "text" | "picture"} kind
 * @property {string} text
 * @property {boolean} final
 * @property {string | null} heard after a cut, what was heard
 * @property {import("./marks.js").Incomplete | null} incomplete the service ended it before its end
 * @property {boolean} failed it could not be written down
 * @property {boolean} removed
 * @property {import("./tool.js").Tool | null} tool of a tool's, once known
 * @property {number} at when it was placed, unix milliseconds
 * @property {import("./latency.js").Latency | null} latency of the assistant's, once measured
 * @property {string | null} picture an address with its content, of one that is at hand
 * @property {number} version grows with each change
 * @property {Break[]} breaks what stands behind it
 * @property {boolean} [past] of another day
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
  /** @type {(Segment | PastSegment)[]} */
  segments = []
  /** How many there ever were. */
  count = 0
  /** The first segment of the talk that goes on. */
  first = 0
  /** The talk's id as it is kept. @type {string | null} */
  id = null
  /** When that was last gone on with, before this page did: unix milliseconds. @type {number | undefined} */
  of = undefined

  /** @param {{transcriptChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /**
   * A talk begins with the next call, or one that was kept goes on with it, and stands above it: once.
   * @param {KeptTalk | null} [kept]
   * @param {number} [at] unix milliseconds
   */
  beginTalk(kept = null, at = Date.now()) {
    this.#dropEmpty()
    // It stands there already.
    if (kept && kept.id === this.id) this.segments.splice(this.first)
    this.first = this.segments.length
    this.id = null
    if (kept) this.#addPast(kept, at)
    this.delegate.transcriptChanged()
  }

  /**
   * A new call begins: its numbers start again.
   * @param {Break | null} [opening] what stands above it; null: nothing that does not stand there already
   */
  begin(opening = this.#opening(Date.now())) {
    this.#dropEmpty()
    this.segments.push(new Segment(this.count++, opening))
    this.delegate.transcriptChanged()
  }

  /** All of the present call is told anew: what its items took, and what stands between them, is kept. */
  retell() {
    this.#present?.forget()
    this.delegate.transcriptChanged()
  }

  /**
   * From here on it is otherwise, or something is missing.
   * @param {import("./breaks.js").BreakKind} kind
   * @param {number} [at] unix milliseconds
   */
  addBreak(kind, at = Date.now()) {
    this.#present?.addBreak({ kind, at })
    this.delegate.transcriptChanged()
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Place} place
   * @param {number} at unix milliseconds
   */
  place(n, place, at) {
    this.#present?.place(n, place, at)
    this.delegate.transcriptChanged()
  }

  /**
   * @param {number} n
   * @param {import("../wire.js").Wording} wording
   */
  word(n, wording) {
    this.#present?.word(n, wording)
    this.delegate.transcriptChanged()
  }

  /** @param {import("./latency.js").Latency} latency */
  measure(latency) {
    this.#present?.measure(latency)
    this.delegate.transcriptChanged()
  }

  /** How long the answers of this call took. */
  get latencies() {
    return this.#present?.latencies ?? []
  }

  /** How a picture looks. @param {string} item @param {string} address with its content */
  show(item, address) {
    this.#present?.show(item, address)
    this.delegate.transcriptChanged()
  }

  /**
   * The call is over, or its line: what has not come will not come, and what was not heard is cut.
   * @param {(entry: Entry) => string | null} seen what of an entry is seen, where that is not all
   */
  settle(seen) {
    this.#present?.settle(seen)
    this.delegate.transcriptChanged()
  }

  /** Segment by segment; that an old talk goes on is said before a word is. @returns {Entry[][]} */
  get entries() {
    /** @type {Entry | undefined} */
    let last
    return this.segments.map(segment => {
      const entries = segment.ordered
      if (segment.opening && (entries.length > 0 || segment.opening.kind === "goes_on"))
        last?.breaks.push(segment.opening)
      last = entries.at(-1) ?? last
      return entries
    })
  }

  /** Of the call that goes on, or went on last. */
  get present() {
    return this.#present?.ordered ?? []
  }

  /** There is nothing to read. */
  get empty() {
    return this.segments.every(segment => segment.ordered.length === 0)
  }

  /** Whether a segment is the call that goes on. @param {number} index */
  isPresent(index) {
    return index === this.segments.length - 1 && this.#present !== undefined
  }

  /**
   * What was said in the talk that goes on, as it was heard.
   * @param {(entry: Entry) => string | null} seen what of an entry is seen, where that is not all
   * @param {boolean} [own] in its latest call alone
   * @returns {Entry[]}
   */
  said(seen, own = false) {
    const present = this.#present
    return this.segments.slice(own ? -1 : this.first).flatMap(segment => segment === present
      ? segment.ordered.map(entry => ({ ...entry, heard: entry.heard ?? seen(entry) }))
      : segment.ordered)
  }

  /** Whoever goes on with the call knows no tool of before: none that runs, and none that asks. */
  endTools() {
    this.#present?.endTools()
    this.delegate.transcriptChanged()
  }

  /** @param {string} id in the present call */
  entry(id) {
    return this.#present?.ordered.find(entry => entry.id === id)
  }

  /** What stands above the present call. */
  get opening() {
    return this.#present?.opening ?? null
  }

  get #present() {
    const last = this.segments.at(-1)
    return last instanceof Segment ? last : undefined
  }

  /** @param {KeptTalk} kept @param {number} at */
  #addPast({ parts, of, id }, at) {
    Object.assign(this, { id, of })
    const top = parts.find(entries => entries.length > 0)
    for (const entries of parts)
      this.segments.push(new PastSegment(this.count++, entries, entries === top ? { kind: "past", at, of } : null))
  }

  #dropEmpty() {
    if (this.segments.at(-1)?.empty) this.segments.pop()
  }

  /** How the next call follows what stands here. @param {number} at @returns {Break} */
  #opening(at) {
    const last = this.segments.slice(this.first).findLast(segment => !segment.empty)
    if (!last) return { kind: "call", at }
    return last instanceof Segment ? { kind: "again", at } : { kind: "goes_on", at, of: this.of }
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
  /** @type {Map<string, Break[]>} by the item behind which they stand */
  breaks = new Map()

  /** @param {number} index @param {Break | null} opening what stands above it */
  constructor(index, opening) {
    this.index = index
    this.opening = opening
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

  get latencies() {
    return [...this.words.values()].flatMap(({ latency }) => latency ?? [])
  }

  /** @param {string} item @param {string} address */
  show(item, address) {
    this.#wordsOf(item).show(address)
  }

  /** @param {(entry: Entry) => string | null} seen */
  settle(seen) {
    for (const entry of this.ordered) this.#wordsOf(entry.id).settle(seen(entry))
  }

  endTools() {
    for (const words of this.words.values()) if (words.state.tool) words.settle(null)
  }

  /** What is told anew takes its old place in time. */
  forget() {
    this.moves = []
    this.list = []
    for (const words of this.words.values()) words.forget()
  }

  /** Behind what stands last: above the first there is nothing to part. @param {Break} one */
  addBreak(one) {
    const last = this.list.at(-1)?.id
    if (last === undefined) return
    // One says it as well as two.
    const others = (this.breaks.get(last) ?? []).filter(({ kind }) => kind !== one.kind)
    this.breaks.set(last, [...others, one])
  }

  /** @returns {Entry[]} */
  get ordered() {
    /** @type {Entry[]} */
    const entries = []
    for (const place of this.list) {
      const entry = this.#entry(place)
      // Of one that was removed they stay.
      entry.removed ? entries.at(-1)?.breaks.push(...entry.breaks) : entries.push(entry)
    }
    return entries
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
    // One says it as well as two.
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
    const { state, latency, picture } = this.#wordsOf(id)
    const breaks = [...this.breaks.get(id) ?? []]
    const at = this.times.get(id) ?? 0
    return { key: `${this.index}/${id}`, id, role, kind, at, latency, picture, breaks, ...state }
  }
}
