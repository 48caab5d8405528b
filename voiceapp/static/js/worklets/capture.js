// The microphone's side of the audio thread: device rate in, blocks of 24 kHz PCM16 out.
//
// Takes {type: "open", length}: samples in a block; {type: "close"}: deliver what is left.
// Posts {type: "block", pcm} and, after "close", {type: "closed"}.

import { BlockCollector } from "../audio/block-collector.js"
import { SAMPLE_RATE } from "../audio/pcm.js"
import { Resampler } from "../audio/resampler.js"

class CaptureProcessor extends AudioWorkletProcessor {
  resampler = new Resampler(sampleRate, SAMPLE_RATE)
  collector = new BlockCollector(block => this.port.postMessage({ type: "block", pcm: block }, [block.buffer]))
  scratch = new Float32Array(1024)

  constructor() {
    super()
    this.port.onmessage = ({ data }) => this.messageReceived(data)
  }

  /** @param {{type: "open", length: number} | {type: "close"}} message */
  messageReceived(message) {
    if (message.type === "open") return this.collector.open(message.length)
    this.collector.close()
    this.port.postMessage({ type: "closed" })
  }

  /** @param {Float32Array[][]} inputs */
  process([channels]) {
    if (channels.length) this.#take(channels[0])
    return true
  }

  /** @param {Float32Array} samples */
  #take(samples) {
    this.resampler.feed(samples)
    for (let count = this.#read(); count > 0; count = this.#read()) this.collector.push(this.scratch, count)
  }

  #read() {
    return this.resampler.read(this.scratch, 0, this.scratch.length)
  }
}

registerProcessor("capture", CaptureProcessor)
