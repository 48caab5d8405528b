// Runs a worklet outside a browser: its few globals are faked, and a test calls process() by hand, one quantum at a
// time.

const QUANTUM = 128
let loads = 0

/**
 * A processor of `voiceapp/static/js/audio/worklets/{name}.js` at a device rate, with what it posted.
 */
export async function worklet(name, rate) {
  let Processor
  Object.assign(globalThis, {
    sampleRate: rate,
    AudioWorkletProcessor: class { port = { posted: [], postMessage(message) { this.posted.push(message) } } },
    registerProcessor: (_, made) => { Processor = made }
  })
  await import(`../../../voiceapp/static/js/audio/worklets/${name}.js?${loads++}`)
  return new Driver(new Processor())
}

class Driver {
  constructor(processor) {
    this.processor = processor
  }

  /** What was posted, of one type or all. */
  posted(type) {
    return this.processor.port.posted.filter(message => !type || message.type === type)
  }

  tell(message) {
    this.processor.port.onmessage({ data: message })
  }

  /** Feeds samples to the input, quantum after quantum, and others to a second. */
  hear(samples, second) {
    const quantum = (input, at) => input ? [input.subarray(at, at + QUANTUM)] : []
    for (let at = 0; at < samples.length; at += QUANTUM)
      this.processor.process([quantum(samples, at), quantum(second, at)], [[new Float32Array(QUANTUM)]])
  }

  /** The samples of so many quanta of output. */
  play(quanta) {
    const output = new Float32Array(quanta * QUANTUM)
    for (let at = 0; at < output.length; at += QUANTUM)
      this.processor.process([], [[output.subarray(at, at + QUANTUM)]])
    return output
  }
}
