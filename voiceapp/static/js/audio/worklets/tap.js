// What the microphone hears, as it comes, for the check before a call.
//
// Posts {at, samples}: when the first of them came, in seconds of the context's clock, and 20 ms at the device's rate.

const BLOCK_S = 0.02

class TapProcessor extends AudioWorkletProcessor {
  block = new Float32Array(Math.round(BLOCK_S * sampleRate))
  filled = 0

  /** @param {Float32Array[][]} inputs */
  process([microphone]) {
    for (let i = 0; i < (microphone[0]?.length ?? 0); i++) this.#take(microphone[0][i], i)
    return true
  }

  /** @param {number} sample @param {number} i its place in the render quantum */
  #take(sample, i) {
    this.block[this.filled++] = sample
    if (this.filled < this.block.length) return
    this.port.postMessage({ at: (currentFrame + i + 1 - this.filled) / sampleRate, samples: this.block.slice() })
    this.filled = 0
  }
}

registerProcessor("tap", TapProcessor)
