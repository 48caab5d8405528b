// The microphone: asked for, opened, cut into blocks, and really closed, so that its light goes out. Whatever the
// browser gives is given back at the end, and what it gives after that at once.

import { samplesIn } from "./pcm.js"

const CONSTRAINTS = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const CLOSE_MS = 200
const GONE = ["OverconstrainedError", "NotFoundError"]

/** @type {Record<string, string>} */
const CODES = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing"
}

/**
 * @typedef {object} MicrophoneDelegate
 * @property {(pcm: Int16Array) => void} microphoneHeard
 * @property {(peak: number, ms: number) => void} microphoneMeasured ten times a second, whether or not blocks are
 *   delivered
 * @property {(report: Judged) => void} speechJudged
 * @property {() => void} microphoneLost
 * @property {() => void} microphoneFailed it is open, but the browser has given up what listens to it
 * @property {(taken: boolean) => void} microphoneTaken the system gives it to somebody else, or back
 */

/** @typedef {{judgement: import("./echo-guard.js").Judgement, gain: number, delay: number | null}} Judged */
/**
 * @typedef {{type: "block" | "closed" | "level" | "judged", pcm: Int16Array, peak: number, ms: number} & Judged}
 *   CaptureReport
 */

/** Nobody waits for it any more. */
export class CancelledError extends Error {}

export class Microphone {
  /**
   * Given by the browser and not yet given back, each with the id that was asked for.
   * @type {Map<MediaStream, string>}
   */
  held = new Map()
  /** Grows with each end: what was asked for before is not wanted after. */
  generation = 0
  /** Nobody is to be heard who is not asked again: what is given until then is given back at once. */
  unwanted = false
  /** The chosen one is not there, so the default was asked for. */
  replaced = false
  /** @type {MediaStream | null} */
  stream = null
  /** @type {AudioWorkletNode | null} */
  node = null
  /** @type {MediaStreamAudioSourceNode | null} */
  source = null
  /** @type {AnalyserNode | null} */
  analyser = null
  chunkMs = 0
  paused = false
  guarding = false
  /** @type {(() => void) | null} */
  closed = null

  /**
   * @param {MediaDevices | undefined} devices
   * @param {MicrophoneDelegate} delegate
   */
  constructor(devices, delegate) {
    this.devices = devices
    this.delegate = delegate
  }

  /** @param {unknown} error from open() */
  static codeFor(error) {
    return CODES[/** @type {Error} */ (error)?.name] ?? "microphone_busy"
  }

  get there() {
    return this.stream !== null
  }

  /** Given last. */
  get newest() {
    return [...this.held.keys()].at(-1) ?? null
  }

  /** As the browser names it; empty where it does not, or there is none. */
  get name() {
    return this.stream?.getAudioTracks()[0]?.label ?? ""
  }

  /** The id that was asked for when the browser gave the one that is open. */
  get wished() {
    return this.stream && this.held.get(this.stream)
  }

  /** What the browser does to the sound, as it says: undefined where it says nothing. */
  get granted() {
    const { echoCancellation, noiseSuppression, autoGainControl, deviceId } =
      this.stream?.getAudioTracks()[0]?.getSettings() ?? {}
    return { echoCancellation, noiseSuppression, autoGainControl, deviceId }
  }

  /**
   * May show the browser's question; throws what the browser throws, or `CancelledError`. Where the chosen one is gone,
   * the default.
   * @param {string} [deviceId] empty: the default
   * @returns {Promise<MediaStream>}
   */
  async ask(deviceId = "") {
    const { generation } = this
    this.unwanted = false
    const [stream, error] = await this.#askFor(deviceId).then(given => [given, null], failed => [null, failed])
    if (generation !== this.generation || this.unwanted) return cancelled(stream)
    if (stream) return this.#hold(stream, deviceId, false)
    if (!deviceId || !GONE.includes(error.name)) throw error
    return this.#hold(await this.ask(), deviceId, true)
  }

  /** @param {MediaStream} stream @param {string} deviceId @param {boolean} replaced */
  #hold(stream, deviceId, replaced) {
    this.held.set(stream, deviceId)
    this.replaced = replaced
    return stream
  }

  /** @param {string} deviceId */
  async #askFor(deviceId) {
    if (!this.devices) throw new DOMException("", "NotFoundError")
    return this.devices.getUserMedia(
      { audio: deviceId ? { ...CONSTRAINTS, deviceId: { exact: deviceId } } : CONSTRAINTS }
    )
  }

  /**
   * @param {AudioContext} context
   * @param {MediaStream} stream
   * @param {AudioNode} loudspeaker what it may hear of the assistant
   */
  open(context, stream, loudspeaker) {
    this.#giveBack([...this.held.keys()].filter(other => other !== stream))
    this.disconnect()
    this.stream = stream
    this.source = context.createMediaStreamSource(stream)
    this.analyser = new AnalyserNode(context, { fftSize: 1024 })
    this.node = this.#captureNode(context)
    // On to the destination, though silent: a node that leads nowhere is not run by every browser.
    this.source.connect(this.analyser).connect(this.node).connect(context.destination)
    loudspeaker.connect(this.node, 0, 1)
    this.guard(this.guarding)
    if (this.chunkMs && !this.paused) this.#open()
    this.#watch(stream.getAudioTracks()[0])
  }

  /** @param {MediaStreamTrack} track */
  #watch(track) {
    track.onended = () => this.delegate.microphoneLost()
    track.onmute = () => this.delegate.microphoneTaken(true)
    track.onunmute = () => this.delegate.microphoneTaken(false)
    if (track.muted) this.delegate.microphoneTaken(true)
    // While nobody watched it.
    if (track.readyState === "ended") this.delegate.microphoneLost()
  }

  /** From now on blocks are delivered, unless it is paused. @param {number} chunkMs */
  start(chunkMs) {
    this.chunkMs = chunkMs
    if (!this.paused) this.#open()
  }

  /** Nothing is delivered from now on: the rest of a block comes first. */
  async pause() {
    this.paused = true
    if (this.node) await this.#finish(this.node)
  }

  /** What was heard in the last 300 ms comes first. */
  resume() {
    this.paused = false
    if (this.chunkMs) this.#open()
  }

  /** Against the assistant's echo. @param {boolean} on */
  guard(on) {
    this.guarding = on
    this.node?.port.postMessage({ type: "guard", on })
  }

  #open() {
    this.node?.port.postMessage({ type: "open", length: samplesIn(this.chunkMs) })
  }

  /** Delivers what is left of a block, then lets the device go; but not one that is asked for meanwhile. */
  async close() {
    this.generation++
    this.chunkMs = 0
    const given = [...this.held.keys()]
    const { node } = this
    if (node) await this.#finish(node)
    this.#giveBack(given)
    if (this.node === node) this.disconnect()
  }

  /** The light goes out at once. */
  release() {
    this.#giveBack([...this.held.keys()])
    this.disconnect()
  }

  /** @param {MediaStream[]} streams */
  #giveBack(streams) {
    for (const stream of streams) {
      stream.getTracks().forEach(track => track.stop())
      this.held.delete(stream)
    }
  }

  /** From its context, which is dead; the device stays open. */
  disconnect() {
    this.source?.disconnect()
    this.node?.disconnect()
    this.stream = this.source = this.analyser = this.node = null
  }

  /** @param {AudioWorkletNode} node @returns {Promise<void>} */
  #finish(node) {
    node.port.postMessage({ type: "close" })
    return new Promise(resolve => {
      this.closed = resolve
      setTimeout(resolve, CLOSE_MS)
    })
  }

  /** @param {AudioContext} context */
  #captureNode(context) {
    const options = {
      numberOfInputs: 2, channelCount: 1, channelCountMode: /** @type {const} */ ("explicit"), outputChannelCount: [1]
    }
    const node = new AudioWorkletNode(context, "capture", options)
    node.port.onmessage = ({ data }) => this.#reported(data)
    node.onprocessorerror = () => { if (this.node === node) this.delegate.microphoneFailed() }
    return node
  }

  /** @param {CaptureReport} report */
  #reported({ type, pcm, peak, ms, judgement, gain, delay }) {
    if (type === "block") this.delegate.microphoneHeard(pcm)
    if (type === "closed") this.closed?.()
    if (type === "level") this.delegate.microphoneMeasured(peak, ms)
    if (type === "judged") this.delegate.speechJudged({ judgement, gain, delay })
  }
}

/** @param {MediaStream | null} stream @returns {never} */
function cancelled(stream) {
  stream?.getTracks().forEach(track => track.stop())
  throw new CancelledError()
}
