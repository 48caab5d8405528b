// A browser's sound for tests in Node: what it makes can be counted, and what it promises comes when a test says so.

/**
 * Until all that hangs on a promise has happened, however long the chain. (The runner follows each promise there is:
 * one turn of the loop costs it a tenth of 30 `await null`.)
 */
export const settle = () => new Promise(resolve => setImmediate(resolve))

/** Promises of the browser, kept until the test lets them come, one after the other. */
export class Scheduler {
  waiting = []

  /** @template T @param {() => T} make */
  promise(make) {
    return new Promise((resolve, reject) => this.waiting.push(() => {
      try {
        resolve(make())
      } catch (error) {
        reject(error)
      }
    }))
  }

  /** The next one comes, and all that hangs on it. */
  async step() {
    this.waiting.shift()?.()
    await settle()
  }

  async drain() {
    for (let i = 0; i < 200 && this.waiting.length; i++) await this.step()
  }
}

class Node {
  port = { onmessage: null, postMessage: message => this.posted(message) }
  gain = { setTargetAtTime() {} }

  /** @param {unknown} [context] */
  constructor(context) {
    this.context = context
  }

  /** As in a browser, not to a node of another context. @param {any} to */
  connect(to) {
    if (this.context && to.context && to.context !== this.context) throw new DOMException("", "InvalidAccessError")
    return to
  }

  disconnect() {}
  posted() {}
}

/** The world; `world.tracks`, `world.contexts`: all there ever were. */
export function soundWorld(scheduler) {
  const world = { tracks: [], contexts: [], worklets: [], stuck: false }

  class Context extends Node {
    state = "suspended"
    currentTime = 0
    sampleRate = 48000
    destination = new Node(this)
    modules = new Set()
    audioWorklet = {
      addModule: url => scheduler.promise(() => {
        if (this.state === "closed") throw new DOMException("", "InvalidStateError")
        this.modules.add(String(url).match(/(\w+)\.js/)[1])
      })
    }

    constructor() {
      super()
      world.contexts.push(this)
    }

    resume() {
      return scheduler.promise(() => {
        if (this.state === "closed" || world.stuck) return
        this.state = "running"
        this.currentTime += 1
      })
    }

    async close() { this.state = "closed" }
    createMediaStreamSource() { return new Node(this) }
  }

  class BufferSource extends Node {
    start() {}
  }

  class WorkletNode extends Node {
    /** @param {Context} context @param {string} name */
    constructor(context, name) {
      super(context)
      if (!context.modules.has(name)) throw new DOMException(`${name} is not loaded`, "InvalidStateError")
      world.worklets.push({ name, node: this })
    }

    posted({ type }) {
      if (type === "close") scheduler.promise(() => this.port.onmessage?.({ data: { type: "closed" } }))
    }
  }

  const stream = ({ audio }) => {
    const track = {
      wished: audio.deviceId?.exact ?? "", readyState: "live", muted: false, stop() { this.readyState = "ended" },
      getSettings: () => ({})
    }
    world.tracks.push(track)
    return { getTracks: () => [track], getAudioTracks: () => [track] }
  }
  const devices = {
    getUserMedia: wishes => scheduler.promise(() => stream(wishes)),
    enumerateDevices: async () => [{ kind: "audioinput", deviceId: "usb", label: "USB" }],
    addEventListener() {}
  }
  // Node has one of its own from 21 on.
  globalThis.navigator ??= { userAgent: "" }
  Object.assign(
    globalThis, {
      AudioContext: Context, AudioWorkletNode: WorkletNode, AnalyserNode: Node, GainNode: Node,
      AudioBufferSourceNode: BufferSource, AudioBuffer: class { copyToChannel() {} }
    }
  )
  return Object.assign(world, {
    devices, live: () => world.tracks.filter(({ readyState }) => readyState === "live").length,
    open: () => world.contexts.filter(({ state }) => state !== "closed").length
  })
}
