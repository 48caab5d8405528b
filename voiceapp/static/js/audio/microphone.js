// The microphone: asked for, opened, cut into blocks, and really closed, so that its light goes out.

import { samplesIn } from "./pcm.js"

const CONSTRAINTS = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const CLOSE_MS = 200

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
 * @property {(peak: number, ms: number) => void} microphoneMeasured ten times a second, whether or not blocks are delivered
 * @property {(report: Judged) => void} speechJudged
 * @property {() => void} microphoneLost
 */

/** @typedef {{judgement: import("./echo-guard.js").Judgement, gain: number, delay: number | null}} Judged */
/** @typedef {{type: "block" | "closed" | "level" | "judged", pcm: Int16Array, peak: number, ms: number} & Judged} CaptureReport */

export class Microphone {
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

  /** What the browser does to the sound, as it says: undefined where it says nothing. */
  get granted() {
    const { echoCancellation, noiseSuppression, autoGainControl, deviceId } = this.stream?.getAudioTracks()[0]?.getSettings() ?? {}
    return { echoCancellation, noiseSuppression, autoGainControl, deviceId }
  }

  /**
   * May show the browser's question; throws what the browser throws.
   * @param {string} [deviceId] empty: the default
   */
  async ask(deviceId = "") {
    if (!this.devices) throw new DOMException("", "NotFoundError")
    return this.devices.getUserMedia({ audio: deviceId ? { ...CONSTRAINTS, deviceId: { exact: deviceId } } : CONSTRAINTS })
  }

  /**
   * @param {AudioContext} context
   * @param {MediaStream} stream
   * @param {AudioNode} loudspeaker what it may hear of the assistant
   */
  open(context, stream, loudspeaker) {
    this.stream = stream
    this.source = context.createMediaStreamSource(stream)
    this.analyser = new AnalyserNode(context, { fftSize: 1024 })
    this.node = this.#captureNode(context)
    // On to the destination, though silent: a node that leads nowhere is not run by every browser.
    this.source.connect(this.analyser).connect(this.node).connect(context.destination)
    loudspeaker.connect(this.node, 0, 1)
    stream.getAudioTracks()[0].onended = () => this.delegate.microphoneLost()
    this.guard(this.guarding)
    if (this.chunkMs && !this.paused) this.#open()
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
    this.node?.port.postMessage({ type: "guard", on, cancelled: Boolean(this.granted.echoCancellation) })
  }

  #open() {
    this.node?.port.postMessage({ type: "open", length: samplesIn(this.chunkMs) })
  }

  /** Delivers what is left of a block, then lets the device go. */
  async close() {
    this.chunkMs = 0
    if (this.node) await this.#finish(this.node)
    this.release()
  }

  release() {
    this.stream?.getTracks().forEach(track => track.stop())
    this.disconnect()
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
    const options = { numberOfInputs: 2, channelCount: 1, channelCountMode: /** @type {const} */ ("explicit"), outputChannelCount: [1] }
    const node = new AudioWorkletNode(context, "capture", options)
    node.port.onmessage = ({ data }) => this.#reported(data)
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
