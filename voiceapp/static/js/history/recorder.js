// Writes down one talk as it happens, over as many calls as its connection needs: when each entry was said, and, where
// that is asked for, the sound of both sides in the time in which it was heard. Sound is handed on in pieces, so that a
// long call does not grow in memory.

import { msOf, samplesIn } from "../audio/pcm.js"
import { addUsage } from "./costs.js"
import { partsBefore, piecesIn, usageOf } from "./past-talk.js"
import { idIn } from "./talk.js"

const PIECE_SAMPLES = 5 * 24000
/** A hole shorter than this is the network's or the page's, not a silence. */
const HOLE_MS = 150

/** @typedef {import("./talk.js").Piece} Piece */
/** @typedef {import("./talk.js").Break} Break */
/**
 * @typedef {object} GoingOn
 * @property {number} part which of the talk's calls goes on
 * @property {import("./talk.js").TalkUsage | null} earlier what those before it used
 * @property {Break | null} opening what stands above it
 */

export class Recorder {
  /** @type {Map<string, {at: number, end: number}>} */
  times = new Map()
  turn = { from: 0, to: 0, open: false }
  /** Whether the turn has its item, or there was none: the next one is then of the turn that comes. */
  named = true
  /** @type {Set<string>} items of the turn that goes on, or comes */
  open = new Set()
  /** @type {Record<string, import("./talk.js").Stretch[]>} */
  stretches = {}
  /** @type {Record<string, number>} */
  heard = {}
  /** @type {Set<string>} items whose sound ran out in the middle */
  waited = new Set()
  /** @type {Piece[]} */
  pieces = []
  /** How many there ever were. */
  count = 0
  /** Which of the talk's calls goes on: the connection was lost so often. */
  part = 0
  /** @type {Set<string>} items whose beginning was not kept */
  skipped = new Set()
  /** Of the parts before this page had the talk. @type {import("./talk.js").TalkEntry[]} */
  before = []
  /** What stands behind those. @type {Break | null} */
  opening = null
  /** Of the days before. @type {import("../wire.js").LogLine[]} */
  events = []
  /** The first piece of sound that is not of a day before. */
  firstPiece = 0
  /** Where the sound of items that are told anew goes on, in milliseconds. @type {Map<string, number>} */
  comesAt = new Map()
  /** Of the parts before. @type {import("./talk.js").TalkUsage | null} */
  earlier = null
  /** @type {import("./talk.js").TalkUsage} */
  usage = { tokens: null, transcription: null, cost: null, estimated: false }

  /**
   * @param {Pick<import("./talk.js").Talk, "id" | "title" | "marked" | "began" | "sittings" | "model" | "voice">} about
   * @param {() => number} now milliseconds since the call was live
   * @param {((piece: Piece, pcm: Int16Array) => void) | null} keep where the sound goes, null for none
   */
  constructor(about, now, keep) {
    this.about = about
    this.now = now
    this.keep = keep
    this.you = new PieceBuilder(null, (item, at, pcm) => this.#gathered(item, at, pcm))
    /** @type {Map<string, PieceBuilder>} */
    this.answers = new Map()
  }

  /** The connection is back, in a call of its own. @param {number} part */
  goOn(part) {
    this.part = part
    this.earlier = this.usage
  }

  /**
   * The talk goes on in a page that has just been loaded, or on another day.
   * @param {import("./talk.js").Talk} talk as it was kept
   * @param {GoingOn} going
   */
  restore(talk, { part, earlier, opening }) {
    const { entries, sound, events } = talk
    Object.assign(this, { part, earlier, opening, events, usage: usageOf(talk) })
    this.firstPiece = talk.sittings?.at(-1)?.piece ?? 0
    this.before = partsBefore(entries, part)
    this.turn = { from: this.now(), to: this.now(), open: false }
    for (const { id, at, end } of entries) this.times.set(id, { at, end })
    if (!sound) return
    Object.assign(this, { pieces: [...sound.pieces], stretches: { ...sound.stretches }, heard: { ...sound.heard } })
    this.count = piecesIn(sound)
  }

  /** The call is told anew. @param {[string, number][]} before milliseconds heard of items whose sound goes on */
  restart(before) {
    this.finish()
    this.comesAt = new Map(before.map(([id, ms]) => [idIn(this.part, id), ms]))
    for (const item of this.comesAt.keys()) this.waited.add(item)
  }

  /** From now on. @param {(piece: Piece, pcm: Int16Array) => void} keep where the sound goes */
  keepSound(keep) {
    this.keep = keep
    this.skipped = new Set(this.times.keys())
  }

  /** None of it is kept, and nothing more. */
  dropSound() {
    this.keep = null
    this.pieces = this.pieces.filter(({ n }) => n < this.firstPiece)
    this.answers.clear()
    this.you.clear()
  }

  /** A piece could not be kept, and no other will be; those that are stay. @param {number} n */
  soundLost(n) {
    this.keep = null
    this.pieces = this.pieces.filter(piece => piece.n !== n)
  }

  /** @param {import("../wire.js").TurnState} state */
  turnChanged(state) {
    const speaking = state === "user"
    if (speaking === this.turn.open) return
    if (speaking) this.named = this.open.size > 0
    this.turn = speaking
      ? { from: this.now(), to: this.now(), open: true }
      : { ...this.turn, to: this.now(), open: false }
    if (speaking) return
    for (const id of this.open) this.times.set(id, { at: this.turn.from, end: this.turn.to })
    this.open.clear()
  }

  /** @param {import("../wire.js").Place} place */
  itemPlaced({ id: item, role, kind }) {
    const id = idIn(this.part, item)
    if (this.times.has(id)) return
    this.times.set(id, { at: this.now(), end: this.now() })
    if (role === "user" && kind === "audio") this.#spokenPlaced(id)
  }

  /** Of most servers before its turn begins, of others once it is over. @param {string} id */
  #spokenPlaced(id) {
    // What was placed before without a turn of its own was committed in silence.
    if (!this.turn.open) this.open.clear()
    if (this.turn.open || this.named) this.open.add(id)
    else this.times.set(id, { at: this.turn.from, end: this.turn.to })
    this.named = true
  }

  /** A block of the microphone that went up, now at its end. @param {Int16Array} pcm */
  soundSent(pcm) {
    if (this.keep) this.you.hear(pcm, this.now() - msOf(pcm.length))
  }

  /** @param {string} id @param {Int16Array} pcm */
  soundArrived(id, pcm) {
    const item = idIn(this.part, id)
    if (!this.keep || this.skipped.has(item)) return
    const answer = this.answers.get(item) ?? this.#begin(item)
    this.answers.set(item, answer)
    answer.append(this.comesAt.has(item) ? this.#newIn(item, answer, pcm) : pcm)
  }

  /** What of it was not kept before. @param {string} item @param {PieceBuilder} answer @param {Int16Array} pcm */
  #newIn(item, answer, pcm) {
    const at = this.comesAt.get(item) ?? 0
    const known = samplesIn(Math.max(0, answer.end - at))
    if (known < pcm.length) this.comesAt.delete(item)
    else this.comesAt.set(item, at + msOf(pcm.length))
    if (answer.samples === 0) answer.at = Math.max(answer.at, at)
    return pcm.subarray(known)
  }

  /** There is no more of it. @param {string} id */
  soundCompleted(id) {
    const item = idIn(this.part, id)
    this.answers.get(item)?.finish()
    this.answers.delete(item)
  }

  /** @param {string} id @param {number} heardMs */
  playbackMoved(id, heardMs) {
    const item = idIn(this.part, id)
    const before = this.heard[item] ?? 0
    if (heardMs <= before) return
    const began = this.now() - heardMs
    const last = this.stretches[item]?.at(-1)
    if (!last) this.stretches[item] = [{ at: began, from: 0 }]
    else if (this.waited.delete(item)) this.stretches[item].push({ at: began + before, from: before })
    // A report can only come too late: the earliest is the nearest to what was heard.
    else last.at = Math.min(last.at, began + last.from)
    this.heard[item] = heardMs
  }

  /** What comes next of it comes after a wait. @param {string} id */
  playbackUnderran(id) {
    const item = idIn(this.part, id)
    if (this.heard[item]) this.waited.add(item)
  }

  /** @param {import("../wire.js").Usage} usage */
  usageArrived({ total: tokens, transcription, cost, estimated }) {
    this.usage = addUsage(this.earlier, { tokens, transcription, cost, estimated })
  }

  /** Hands on what is left of the sound. */
  finish() {
    for (const builder of [this.you, ...this.answers.values()]) builder.finish()
    this.answers.clear()
  }

  /** What of the sound there is. @returns {import("./talk.js").TalkSound | null} */
  get sound() {
    const { pieces, stretches, heard } = this
    return pieces.length ? { pieces, stretches, heard } : null
  }

  /**
   * The talk so far.
   * @param {(import("../models/transcript.js").Entry & {part: number})[]} entries
   * @param {import("../wire.js").LogLine[]} events
   * @returns {import("./talk.js").Talk}
   */
  talk(entries, events) {
    const { usage, sound } = this
    const kept = entries.map(entry => this.#kept(entry))
    const all = [...kept.length ? this.#opened : this.before, ...kept]
    return { ...this.about, length: this.now(), entries: all, ...usage, sound, events }
  }

  /** What was before, with what stands between that and what is said now. */
  get #opened() {
    const { before, opening } = this
    const last = before.at(-1)
    if (!last || !opening) return before
    const others = (last.breaks ?? []).filter(({ kind, at }) => kind !== opening.kind || at !== opening.at)
    return [...before.slice(0, -1), { ...last, breaks: [...others, opening] }]
  }

  /**
   * @param {import("../models/transcript.js").Entry & {part: number}} entry
   * @returns {import("./talk.js").TalkEntry}
   */
  #kept({ id, part, role, kind, text, heard, incomplete, failed, tool, latency, picture, breaks }) {
    const own = idIn(part, id)
    return {
      id: own, ...part ? { part } : {}, role, kind, text, heard, incomplete, failed, tool, latency,
      ...picture ? { picture } : {}, ...breaks?.length ? { breaks } : {}, ...this.#timeOf(own)
    }
  }

  /** @param {string} id */
  #timeOf(id) {
    const stretches = this.stretches[id]
    if (!stretches) return this.times.get(id) ?? { at: this.now(), end: this.now() }
    const last = stretches[stretches.length - 1]
    return { at: stretches[0].at, end: last.at + this.heard[id] - last.from }
  }

  /** Behind what there already is of it. @param {string} item */
  #begin(item) {
    const answer = new PieceBuilder(item, (...piece) => this.#gathered(...piece))
    const last = this.pieces.findLast(piece => piece.item === item)
    if (last) answer.at = last.at + msOf(last.samples)
    return answer
  }

  /**
   * @param {string | null} item
   * @param {number} at
   * @param {Int16Array} pcm
   */
  #gathered(item, at, pcm) {
    if (!this.keep) return
    const piece = { n: this.count++, item, at, samples: pcm.length }
    this.pieces.push(piece)
    this.keep(piece, pcm)
  }
}

/** Joins small blocks to pieces of some seconds. */
class PieceBuilder {
  /** @type {Int16Array[]} */
  blocks = []
  samples = 0
  at = 0
  /** Where the piece before this one ended. */
  floor = 0

  /**
   * @param {string | null} item
   * @param {(item: string | null, at: number, pcm: Int16Array) => void} done
   */
  constructor(item, done) {
    this.item = item
    this.done = done
  }

  get end() {
    return this.at + msOf(this.samples)
  }

  /** Right behind what came before. @param {Int16Array} pcm */
  append(pcm) {
    this.blocks.push(pcm.slice())
    this.samples += pcm.length
    if (this.samples >= PIECE_SAMPLES) this.finish()
  }

  /**
   * At its time: behind what came before unless there is a hole. Blocks that were held back come all at once, and move
   * what is gathered to where it was spoken.
   * @param {Int16Array} pcm
   * @param {number} at
   */
  hear(pcm, at) {
    if (at - this.end > HOLE_MS) this.#begin(at)
    this.append(pcm)
    if (this.samples > 0) this.at = Math.max(this.floor, Math.min(this.at, at + msOf(pcm.length) - msOf(this.samples)))
  }

  clear() {
    this.blocks = []
    this.samples = 0
  }

  finish() {
    const { at, end } = this
    if (this.samples > 0) this.done(this.item, at, joined(this.blocks, this.samples))
    this.clear()
    this.at = this.floor = end
  }

  /** @param {number} at */
  #begin(at) {
    this.finish()
    this.at = at
  }
}

/**
 * @param {Int16Array[]} blocks
 * @param {number} samples
 */
function joined(blocks, samples) {
  const pcm = new Int16Array(samples)
  let at = 0
  for (const block of blocks) {
    pcm.set(block, at)
    at += block.length
  }
  return pcm
}
