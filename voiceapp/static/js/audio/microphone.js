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
 * @property {() => void} microphoneLost
 */

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

  /** May show the browser's question; throws what the browser throws. */
  async ask() {
    if (!this.devices) throw new DOMException("", "NotFoundError")
    return this.devices.getUserMedia({ audio: CONSTRAINTS })
  }

  /**
   * @param {AudioContext} context
   * @param {MediaStream} stream
   */
  open(context, stream) {
    this.stream = stream
    this.source = context.createMediaStreamSource(stream)
    this.analyser = new AnalyserNode(context, { fftSize: 1024 })
    this.node = this.#captureNode(context)
    // On to the destination, though silent: a node that leads nowhere is not run by every browser.
    this.source.connect(this.analyser).connect(this.node).connect(context.destination)
    stream.getAudioTracks()[0].onended = () => this.delegate.microphoneLost()
    if (this.chunkMs) this.start(this.chunkMs)
  }

  /** From now on blocks are delivered. @param {number} chunkMs */
  start(chunkMs) {
    this.chunkMs = chunkMs
    this.node?.port.postMessage({ type: "open", length: samplesIn(chunkMs) })
  }

  /** Delivers what is left of a block, then lets the device go. */
  async close() {
    this.chunkMs = 0
    if (this.node) await this.#finish(this.node)
    this.release()
  }

  release() {
    this.stream?.getTracks().forEach(track => track.stop())
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
    const node = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit", outputChannelCount: [1] })
    node.port.onmessage = ({ data }) => data.type === "block" ? this.delegate.microphoneHeard(data.pcm) : this.closed?.()
    return node
  }
}
