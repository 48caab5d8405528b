// What is to be heard, in order: starts an item when enough of it is there, plays items without a gap, stops one at
// once.

import { Hold } from "./hold.js"
import { PauseStretcher } from "./pause-stretcher.js"
import { Track } from "./track.js"

const FADE_MS = 5
const LEAD = { min: 80, max: 400, grow: 80, shrink: 20 }
const MEMORY = 200

/**
 * @typedef {object} PlaybackDelegate
 * @property {(item: string) => void} itemStarted
 * @property {(item: string, ms: number) => void} itemEnded
 * @property {(item: string, ms: number) => void} itemFlushed
 * @property {(item: string) => void} itemUnderran
 * @property {(item: string, ms: number) => void} itemHeld it is silent by now
 */

export class PlaybackQueue {
  /**
   * @param {number} rate the device's
   * @param {PlaybackDelegate} delegate
   */
  constructor(rate, delegate) {
    this.rate = rate
    this.delegate = delegate
    /** @type {Track[]} */
    this.tracks = []
    /** @type {Map<string, number>} milliseconds played of items that are over */
    this.past = new Map()
    /** @type {Map<string, number>} milliseconds of items that were played before what comes of them */
    this.before = new Map()
    this.fade = Math.round(FADE_MS * rate / 1000)
    this.tail = new Float32Array(this.fade)
    this.tailAt = this.fade
    this.stretcher = new PauseStretcher(rate)
    this.held = new Hold(rate)
    this.lead = LEAD.min
    this.playing = false
    this.rising = 0
    this.last = 0
    this.stumbled = false
  }

  get current() {
    return this.tracks.at(0)
  }

  /**
   * @param {string} item
   * @param {Int16Array} pcm
   */
  append(item, pcm) {
    this.#trackFor(item)?.append(pcm)
  }

  /** @param {string} item */
  complete(item) {
    const track = this.#trackFor(item)
    if (track) track.complete = true
  }

  /**
   * Silence from the next frame on, but for a short fade; what still comes of the item is refused.
   * @param {string} item
   */
  flush(item) {
    const track = this.tracks.find(candidate => candidate.item === item)
    const ms = track?.playedMs ?? this.past.get(item) ?? 0
    if (track) this.#drop(track)
    this.#remember(item, ms)
    this.delegate.itemFlushed(item, ms)
  }

  /**
   * Nothing that was appended is played any more; what comes is appended anew, of these items from so many
   * milliseconds on.
   * @param {[string, number][]} before
   */
  clear(before) {
    if (this.current) this.#drop(this.current)
    this.tracks = []
    this.past.clear()
    this.before = new Map(before)
    this.held.forget()
    this.held.end()
  }

  /** It falls silent within a moment, and nothing is lost. */
  hold() {
    this.held.begin(this.playing)
  }

  /** From a little before where it was held. */
  goOn() {
    if (this.held.end()) this.stretcher.over()
  }

  /** Something is played of which nothing was heard yet. */
  get advances() {
    return this.playing && !this.held.silent && !this.held.repeats
  }

  /** @param {Float32Array} output one quantum */
  render(output) {
    const frames = this.#fill(output)
    output.fill(0, frames)
    if (this.held.shape(output)) this.#silent()
    this.#addTail(output)
    if (frames > 0) this.last = output[frames - 1]
    if (frames === output.length && this.advances) this.#stretchPause(output)
  }

  /** @param {Float32Array} output */
  #fill(output) {
    if (this.held.silent || this.stretcher.take(output.length)) return 0
    const repeated = this.held.repeat(output)
    if (repeated === output.length) return repeated
    const fresh = output.subarray(repeated)
    const frames = this.#play(fresh)
    this.held.keep(fresh.subarray(0, frames))
    return repeated + frames
  }

  #silent() {
    if (this.current && this.playing) this.delegate.itemHeld(this.current.item, this.current.playedMs)
  }

  /** @param {Float32Array} output */
  #stretchPause(output) {
    if (!this.stretcher.heard(output, /** @type {Track} */ (this.current))) return
    this.#fadeOut(() => 0, this.last)
    this.rising = this.fade
  }

  /** @param {Float32Array} output */
  #play(output) {
    let frames = 0
    while (frames < output.length && this.#mayPlay()) {
      frames += this.#playCurrent(output, frames)
      if (frames < output.length) this.#currentRanOut(output, frames)
    }
    return frames
  }

  #mayPlay() {
    const track = this.current
    if (!track || this.playing) return this.playing
    this.playing = track.complete || track.waitingMs >= this.lead
    if (this.playing) this.#begin(track)
    return this.playing
  }

  /** @param {Track} track */
  #begin(track) {
    this.held.forget()
    if (track.started) return void (this.rising = this.fade)
    track.started = true
    this.stumbled = false
    this.delegate.itemStarted(track.item)
  }

  /**
   * @param {Float32Array} output
   * @param {number} offset
   */
  #playCurrent(output, offset) {
    const frames = /** @type {Track} */ (this.current).play(output, offset, output.length - offset)
    for (let i = 0; i < frames && this.rising > 0; i++) output[offset + i] *= 1 - this.rising-- / this.fade
    return frames
  }

  /**
   * @param {Float32Array} output
   * @param {number} frames
   */
  #currentRanOut(output, frames) {
    const track = /** @type {Track} */ (this.current)
    this.playing = false
    if (track.finished) return this.#end(track)
    this.#fadeOut(() => 0, frames > 0 ? output[frames - 1] : this.last)
    this.tailAt -= frames
    this.stumbled = true
    this.lead = Math.min(LEAD.max, this.lead + LEAD.grow)
    this.delegate.itemUnderran(track.item)
  }

  /** @param {Track} track */
  #end(track) {
    this.tracks.shift()
    this.rising = 0
    this.#remember(track.item, track.playedMs)
    if (!this.stumbled) this.lead = Math.max(LEAD.min, this.lead - LEAD.shrink)
    this.delegate.itemEnded(track.item, track.playedMs)
  }

  /** @param {Track} track */
  #drop(track) {
    const heard = track === this.current && this.playing
    this.tracks.splice(this.tracks.indexOf(track), 1)
    if (!heard) return
    this.stretcher.over()
    this.playing = false
    this.rising = 0
    this.held.forget()
    if (this.held.state === "off") this.#fadeOut(tail => track.read(tail, 0, tail.length), this.last)
  }

  /**
   * The few milliseconds after a stop: what would have been played, or the last value held, falling to nothing.
   * @param {(tail: Float32Array) => number} read
   * @param {number} value
   */
  #fadeOut(read, value) {
    const frames = read(this.tail)
    this.tail.fill(frames > 0 ? this.tail[frames - 1] : value, frames)
    for (let i = 0; i < this.fade; i++) this.tail[i] *= 1 - (i + 1) / this.fade
    this.tailAt = 0
  }

  /** @param {Float32Array} output */
  #addTail(output) {
    for (let i = Math.max(0, -this.tailAt); i < output.length && this.tailAt + i < this.fade; i++)
      output[i] += this.tail[this.tailAt + i]
    this.tailAt = Math.min(this.fade, this.tailAt + output.length)
  }

  /** @param {string} item */
  #trackFor(item) {
    if (this.past.has(item)) return undefined
    const known = this.tracks.find(track => track.item === item)
    return known ?? this.#newTrack(item)
  }

  /** @param {string} item */
  #newTrack(item) {
    const track = new Track(item, this.rate, this.before.get(item))
    this.tracks.push(track)
    return track
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  #remember(item, ms) {
    this.past.set(item, ms)
    if (this.past.size > MEMORY) this.past.delete(/** @type {string} */ (this.past.keys().next().value))
  }
}
