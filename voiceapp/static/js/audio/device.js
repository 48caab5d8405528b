// The one AudioContext of a call, at the device's own rate: a context at another rate defeats echo cancellation in
// Firefox. Must be opened inside a click or a key press, or the browser keeps it silent.

const CLOSE_MS = 60
/** Without any loudspeaker a context may never run; the call can still be held in writing. */
const RESUME_MS = 3000

export class AudioDevice {
  /** @type {AudioContext | null} */
  context = null

  /** @param {{deviceInterrupted: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  static get supported() {
    return typeof AudioContext === "function" && typeof AudioWorkletNode === "function"
  }

  /** @returns {Promise<AudioContext>} */
  async open() {
    const context = this.context = new AudioContext({ latencyHint: "interactive" })
    context.onstatechange = () => { if (context.state !== "running") this.delegate.deviceInterrupted() }
    preferLoudspeaker()
    const resumed = Promise.race([context.resume(), new Promise(resolve => setTimeout(resolve, RESUME_MS))])
    await Promise.all(["capture", "playback"].map(name => context.audioWorklet.addModule(new URL(`../worklets/${name}.js`, import.meta.url))))
    await resumed
    return context
  }

  /** A phone call or a lock of the screen stops the context; back in sight it goes on. */
  resume() {
    return this.context?.resume().catch(() => {})
  }

  close() {
    const context = this.context
    this.context = null
    if (!context) return
    context.onstatechange = null
    // Leaves the last fade the time to be heard.
    setTimeout(() => context.close().catch(() => {}), CLOSE_MS)
  }

  /** What has left the worklet and is not yet heard, in milliseconds. */
  get latencyMs() {
    return 1000 * (this.context?.outputLatency || this.context?.baseLatency || 0)
  }
}

/** An iPhone sends the sound to the earpiece once the microphone is open, unless it is told. */
function preferLoudspeaker() {
  const session = /** @type {any} */ (navigator).audioSession
  if (session) session.type = "play-and-record"
}
