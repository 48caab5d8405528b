// The page's end of the playback worklet: hands it sound, and tells how much of each item a person has heard, which is
// what left the worklet less what the device still holds.

import { decode } from "./base64.js"
import { msOf } from "./pcm.js"

const HEARD_EVERY_MS = 250
/** A context that does not run answers nothing; the server must be answered all the same. */
const ANSWER_MS = 250
const MAX_REFUSED = 200
/** Longer than a line is away. */
const AGAIN_MS = 120_000

/**
 * @typedef {object} PlayerDelegate
 * @property {(item: string) => void} playbackStarted
 * @property {(item: string, playedMs: number, heardMs: number, rms: number) => void} playbackMoved
 * @property {(item: string, heardMs: number) => void} playbackHeard now and then, and at an item's end
 * @property {(item: string) => void} playbackEnded
 * @property {(item: string, heardMs: number) => void} playbackFlushed
 * @property {(item: string) => void} playbackUnderran
 * @property {(item: string) => void} playbackHeld
 * @property {(item: string, ms: number) => void} playbackMissed so much of it is not heard: it can only be read
 */

/**
 * @typedef {{port: MessagePort, disconnect: () => void, onprocessorerror: AudioWorkletNode["onprocessorerror"]}}
 *   PlaybackNode
 */
/**
 * @typedef {{type: "started" | "underran" | "position" | "ended" | "flushed" | "held" | "cleared", item: string,
 *   ms: number, rms: number}} PlaybackReport
 */

export class Player {
  /** @type {PlaybackNode | null} */
  node = null
  /** Its worklet has failed and plays nothing: what comes is read, until there is another one. */
  failed = false
  /** @type {AnalyserNode | null} */
  analyser = null
  /** @type {Set<string>} items that were flushed: their late sound is refused */
  refused = new Set()
  /** @type {Map<string, {ms: number, endedAt: number | null}>} */
  played = new Map()
  /** @type {Map<string, number>} milliseconds of items that were heard before what comes of them */
  before = new Map()
  /** @type {Map<string, number>} milliseconds of items that came to a device that plays nothing */
  missed = new Map()
  /** @type {Map<string, ReturnType<typeof setTimeout>>} flushes the server waits to be answered */
  asked = new Map()
  toldAt = 0
  /** So many `clear` the worklet has not answered: what it reports is of before. */
  clearing = 0
  /** Nothing is to be played for now. */
  held = false
  /**
   * The item that was playing then, until it moves on, and since when it is silent.
   * @type {{item: string, at: number} | null}
   */
  heldAt = null

  /**
   * @param {PlayerDelegate} delegate
   * @param {{latencyMs: number, silent?: boolean}} device
   * @param {() => number} now milliseconds
   * @param {{playbackFailed: () => void}} owner who opens another one
   */
  constructor(delegate, device, now, owner) {
    this.delegate = delegate
    this.device = device
    this.now = now
    this.owner = owner
  }

  forget() {
    for (const timer of this.asked.values()) clearTimeout(timer)
    this.refused.clear()
    this.played.clear()
    this.missed.clear()
    this.asked.clear()
    this.before.clear()
    this.heldAt = null
    this.goOn()
  }

  /** Play nothing more for now, and lose nothing. */
  hold() {
    this.held = true
    this.node?.port.postMessage({ type: "hold" })
  }

  /** From a little before where it was held. */
  goOn() {
    if (!this.held) return
    this.held = false
    this.node?.port.postMessage({ type: "goOn" })
  }

  /**
   * What is held of the call's sound is void; what comes is played, of these items from where they were heard.
   * @param {[string, number][]} before milliseconds of each
   */
  restart(before) {
    this.forget()
    this.before = new Map(before)
    if (!this.node) return
    this.clearing++
    this.node.port.postMessage({ type: "clear", before })
  }

  /** The server may not have had what it was told last: once more, of what was heard of late. */
  tellAgain() {
    const since = this.now() - AGAIN_MS
    for (const [item, ms] of this.missed) this.#tell(item, ms)
    for (const [item, { ms, endedAt }] of this.played)
      if (!this.refused.has(item) && (endedAt ?? Infinity) > since) this.#tell(item, this.#heardMs(item, ms))
  }

  /**
   * @param {AudioContext} context
   * @param {AudioNode} loudspeaker
   */
  open(context, loudspeaker) {
    const node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] })
    this.analyser = new AnalyserNode(context, { fftSize: 1024 })
    node.connect(this.analyser).connect(loudspeaker)
    this.attach(node)
  }

  /** @param {PlaybackNode} node */
  attach(node) {
    this.node = node
    this.failed = false
    this.clearing = 0
    node.port.onmessage = ({ data }) => this.#reported(data)
    if (this.held) node.port.postMessage({ type: "hold" })
    node.onprocessorerror = () => {
      if (this.node !== node) return
      this.failed = true
      this.owner.playbackFailed()
    }
  }

  close() {
    // Not disconnected: what fades is heard until the context closes.
    this.node = this.analyser = null
    this.forget()
  }

  /**
   * The samples that were taken: none if the item was flushed.
   * @param {string} item
   * @param {string} base64
   */
  append(item, base64) {
    if (this.refused.has(item) || !this.node) return 0
    const pcm = decode(base64)
    const count = pcm.length
    if (this.device.silent || this.failed || this.missed.has(item)) return this.#miss(item, msOf(count))
    if (!this.played.has(item)) this.played.set(item, { ms: this.#heardBefore(item), endedAt: null })
    this.node.port.postMessage({ type: "append", item, pcm }, [pcm.buffer])
    return count
  }

  /** @param {string} item */
  complete(item) {
    if (this.missed.has(item)) return this.#tell(item, this.missed.get(item) ?? 0)
    this.node?.port.postMessage({ type: "complete", item })
  }

  /** @param {string} item */
  flush(item) {
    if (this.missed.has(item)) return this.#flushMissed(item)
    this.#silence(item)
    clearTimeout(this.asked.get(item))
    const answer = () => this.#flushed(item, this.played.get(item)?.ms ?? this.#heardBefore(item))
    this.asked.set(item, setTimeout(answer, ANSWER_MS))
  }

  /** What was read counts as heard. @param {string} item */
  #flushMissed(item) {
    this.#refuse(item)
    this.delegate.playbackFlushed(item, this.missed.get(item) ?? 0)
  }

  /** @param {string} item @param {number} ms */
  #miss(item, ms) {
    const whole = (this.missed.get(item) ?? this.#heardBefore(item)) + ms
    this.missed.set(item, whole)
    this.delegate.playbackMissed(item, whole)
    return 0
  }

  /** @param {string} item */
  #heardBefore(item) {
    return this.before.get(item) ?? 0
  }

  /** All that is queued or playing, by hand: the server is answered when it asks. */
  silence() {
    for (const [item, { endedAt }] of this.played) if (endedAt === null) this.#silence(item)
  }

  get busy() {
    return [...this.played].some(([item, { endedAt }]) => endedAt === null && !this.refused.has(item))
  }

  /** @param {string} item */
  #silence(item) {
    this.#refuse(item)
    this.node?.port.postMessage({ type: "flush", item })
  }

  /** @param {PlaybackReport} report */
  #reported(report) {
    if (report.type === "cleared") this.clearing--
    if (this.clearing === 0) this.#moving(report)
  }

  /** @param {PlaybackReport} report */
  #moving({ type, item, ms, rms }) {
    if (type === "started") this.#started(item)
    if (type === "position") this.#moved(item, ms, rms)
    if (type === "ended") this.#ended(item, ms)
    if (type === "flushed") this.#flushed(item, ms)
    if (type === "held") this.#held(item, ms)
    if (type === "underran") this.delegate.playbackUnderran(item)
  }

  /** @param {string} item */
  #started(item) {
    this.delegate.playbackStarted(item)
  }

  /**
   * @param {string} item
   * @param {number} ms
   * @param {number} rms
   */
  #moved(item, ms, rms) {
    if (this.refused.has(item)) return
    this.#movesOn(item)
    this.played.set(item, { ms, endedAt: null })
    this.delegate.playbackMoved(item, ms, this.#heardMs(item, ms), rms)
    if (this.now() - this.toldAt >= HEARD_EVERY_MS) this.#tell(item, this.#heardMs(item, ms))
  }

  /**
   * The end has left the worklet; it is heard when the device has played it.
   * @param {string} item
   * @param {number} ms
   */
  #ended(item, ms) {
    this.#movesOn(item)
    this.played.set(item, { ms, endedAt: this.now() })
    setTimeout(() => this.#endHeard(item, ms), this.device.latencyMs)
  }

  /** @param {string} item @param {number} ms */
  #endHeard(item, ms) {
    if (this.refused.has(item) || !this.played.has(item)) return
    this.delegate.playbackMoved(item, ms, ms, 0)
    this.#tell(item, ms)
    this.delegate.playbackEnded(item)
  }

  /** @param {string} item @param {number} ms */
  #flushed(item, ms) {
    this.played.set(item, { ms, endedAt: this.played.get(item)?.endedAt ?? this.now() })
    this.delegate.playbackMoved(item, ms, this.#heardMs(item, ms), 0)
    if (this.asked.has(item)) this.#answer(item, this.#heardMs(item, ms))
  }

  /** @param {string} item @param {number} ms */
  #answer(item, ms) {
    clearTimeout(this.asked.get(item))
    this.asked.delete(item)
    this.delegate.playbackFlushed(item, ms)
  }

  /** What the device still holds is heard in a moment, and then no more. @param {string} item @param {number} ms */
  #held(item, ms) {
    if (!this.held || this.refused.has(item)) return
    this.heldAt = { item, at: this.now() }
    this.played.set(item, { ms, endedAt: null })
    this.delegate.playbackHeld(item)
    const heard = () => { if (this.heldAt?.item === item) this.#tell(item, this.#heardMs(item, ms)) }
    setTimeout(heard, this.device.latencyMs)
  }

  /** @param {string} item */
  #movesOn(item) {
    if (this.heldAt?.item === item) this.heldAt = null
  }

  /** @param {string} item @param {number} ms */
  #tell(item, ms) {
    this.toldAt = this.now()
    this.delegate.playbackHeard(item, ms)
  }

  /** @param {string} item @param {number} ms */
  #heardMs(item, ms) {
    const endedAt = this.played.get(item)?.endedAt ?? null
    const silentAt = this.heldAt?.item === item ? this.heldAt.at : endedAt
    const since = silentAt === null ? 0 : this.now() - silentAt
    return Math.max(0, ms - Math.max(0, this.device.latencyMs - since))
  }

  /** @param {string} item */
  #refuse(item) {
    this.refused.add(item)
    if (this.refused.size > MAX_REFUSED) this.refused.delete(/** @type {string} */ (this.refused.values().next().value))
  }
}
