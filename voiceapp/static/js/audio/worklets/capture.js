// The microphone's side of the audio thread: device rate in, blocks of 24 kHz PCM16 out. Its second input is what the
// loudspeaker plays at the same moment, so that the guard compares both without a delay of its own.
//
// Takes {type: "open", length}: samples in a block; {type: "close"}: deliver what is left;
// {type: "guard", on}: guard against the assistant's echo.
// Posts {type: "block", pcm}; after "close" {type: "closed"}; ten times a second {type: "level", peak, ms}; and
// {type: "judged", judgement, gain, delay} when the guard's judgement changes.

import { BlockCollector } from "../block-collector.js"
import { EchoGuard } from "../echo-guard.js"
import { HoldBack } from "../hold-back.js"
import { SAMPLE_RATE } from "../pcm.js"
import { Resampler } from "../resampler.js"

const LEVEL_EVERY = 0.1

/** @typedef {{type: "open", length: number} | {type: "close"} | {type: "guard", on: boolean}} CaptureMessage */

class CaptureProcessor extends AudioWorkletProcessor {
  resampler = new Resampler(sampleRate, SAMPLE_RATE)
  collector = new BlockCollector(block => this.port.postMessage({ type: "block", pcm: block }, [block.buffer]))
  holdBack = new HoldBack((samples, count) => this.collector.push(samples, count))
  /** @type {EchoGuard | null} */
  guard = null
  scratch = new Float32Array(1024)
  peak = 0
  sinceLevel = 0

  constructor() {
    super()
    this.port.onmessage = ({ data }) => this.messageReceived(data)
  }

  /** @param {CaptureMessage} message */
  messageReceived(message) {
    if (message.type === "open") return this.collector.open(message.length)
    if (message.type === "guard") return this.#guard(message.on)
    this.holdBack.release(false)
    this.collector.close()
    this.port.postMessage({ type: "closed" })
  }

  /** @param {Float32Array[][]} inputs */
  process([microphone, playback]) {
    if (!microphone.length) return true
    this.#measure(microphone[0])
    if (this.guard?.hear(microphone[0], playback?.[0])) this.#judged(this.guard)
    this.#take(microphone[0])
    return true
  }

  /** @param {boolean} on */
  #guard(on) {
    if (on === (this.guard !== null)) return
    this.guard = on ? new EchoGuard(sampleRate) : null
    this.holdBack.release(true)
    this.port.postMessage({ type: "judged", judgement: "idle", gain: 0, delay: null })
  }

  /** @param {EchoGuard} guard */
  #judged({ judgement, path, evidenceMs }) {
    const waits = judgement === "guarding" || judgement === "suspected"
    if (waits) this.holdBack.hold()
    else if (this.holdBack.holding) this.holdBack.release(judgement === "voice" || evidenceMs > 0)
    this.port.postMessage({ type: "judged", judgement, gain: path.gain, delay: path.delay })
  }

  /** @param {Float32Array} samples */
  #measure(samples) {
    for (const sample of samples) this.peak = Math.max(this.peak, Math.abs(sample))
    this.sinceLevel += samples.length
    if (this.sinceLevel < LEVEL_EVERY * sampleRate) return
    this.port.postMessage({ type: "level", peak: this.peak, ms: 1000 * this.sinceLevel / sampleRate })
    this.peak = this.sinceLevel = 0
  }

  /** @param {Float32Array} samples */
  #take(samples) {
    this.resampler.feed(samples)
    for (let count = this.#read(); count > 0; count = this.#read()) this.holdBack.push(this.scratch, count)
  }

  #read() {
    return this.resampler.read(this.scratch, 0, this.scratch.length)
  }
}

registerProcessor("capture", CaptureProcessor)
