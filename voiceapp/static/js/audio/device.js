// The one AudioContext of a call, at the device's own rate: a context at another rate defeats echo cancellation in
// Firefox. Must be opened inside a click or a key press, or the browser keeps it silent.

const CLOSE_MS = 60
/** Without any loudspeaker a context may never run; the call can still be held in writing. */
const RESUME_MS = 3000
/**
 * Asked for its latency while a quantum is due, Firefox with PulseAudio stops for good: the page waits for the audio
 * process, that one for the worklets, and these for the page. So it is not asked; this is what it tells when it does.
 */
const UNASKABLE = /Linux.*Firefox/u
const ASSUMED_MS = 45
/** Within this time a clock that runs has moved. */
const MOVES_MS = 300

/** A file of the page did not load. */
export class LoadError extends Error {}

export class AudioDevice {
  /** @type {AudioContext | null} */
  context = null
  /** Whether it has ever run. */
  ran = false

  /** @param {{deviceChanged: () => void}} delegate that it runs, or not */
  constructor(delegate) {
    this.delegate = delegate
  }

  static get supported() {
    return typeof AudioContext === "function" && typeof AudioWorkletNode === "function"
  }

  /** @returns {Promise<AudioContext>} */
  async open() {
    const context = this.context = new AudioContext({ latencyHint: "interactive" })
    this.ran = false
    context.onstatechange = () => this.#changed()
    routeAs("play-and-record")
    const resumed = Promise.race([context.resume(), pause(RESUME_MS)])
    await Promise.all(["capture", "playback"].map(
      name => context.audioWorklet.addModule(new URL(`./worklets/${name}.js`, import.meta.url))
    )).catch(missing)
    await resumed
    this.ran ||= this.running
    return context
  }

  /** There is no loudspeaker, or the browser keeps it shut: nothing was ever heard of it. */
  get silent() {
    return this.context !== null && !this.ran && !this.running
  }

  #changed() {
    this.ran ||= this.running
    this.delegate.deviceChanged()
  }

  get running() {
    return this.context?.state === "running"
  }

  /** Whether the browser lets a page choose the loudspeaker. */
  static get chooses() {
    return typeof AudioContext === "function" && "setSinkId" in AudioContext.prototype
  }

  /** Says whether it plays there now. @param {string} id empty: the default */
  async playOn(id) {
    const context = /** @type {any} */ (this.context)
    if (!context?.setSinkId || context.sinkId === id) return true
    return context.setSinkId(id).then(() => true, () => false)
  }

  /**
   * A phone call or a lock of the screen stops the context. Says whether it goes on: some that say so stand still.
   * @returns {Promise<boolean>}
   */
  async resume() {
    const { context } = this
    if (!context) return true
    const before = context.currentTime
    await Promise.race([context.resume().catch(() => {}), pause(MOVES_MS)])
    await pause(MOVES_MS)
    return this.context !== context || (context.state === "running" && context.currentTime > before)
  }

  close() {
    const context = this.context
    this.context = null
    if (!context) return
    context.onstatechange = null
    routeAs("auto")
    // Leaves the last fade the time to be heard.
    setTimeout(() => context.close().catch(() => {}), CLOSE_MS)
  }

  /** What has left the worklet and is not yet heard, in milliseconds. */
  get latencyMs() {
    if (this.context && UNASKABLE.test(navigator.userAgent)) return ASSUMED_MS
    return 1000 * (this.context?.outputLatency || this.context?.baseLatency || 0)
  }
}

/** @param {Error} error @returns {never} */
function missing(error) {
  throw new LoadError(error.message)
}

/**
 * An iPhone sends the sound to the earpiece once the microphone is open, unless it is told; and other sound, as long as
 * it is.
 * @param {string} type
 */
function routeAs(type) {
  const session = /** @type {any} */ (navigator).audioSession
  if (session) session.type = type
}

/** @param {number} ms */
function pause(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}
