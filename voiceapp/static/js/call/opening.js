// Line and sound of a call, opened side by side: it is asked for once both are there.

import { LoadError } from "../audio/device.js"

/** Until the server says otherwise. */
const CHUNK_MS = 40
/** By then the server has heard what was said before the call was live, if there were words in it. */
const WORDS_MS = 4000

export class Opening {
  /** Which one is the latest: an older one that still waits gives up. */
  attempt = 0
  /** The sound is there. */
  prepared = false
  /** The call before it lets go of what it had. @type {Promise<void>} */
  closing = Promise.resolve()
  /** Whoever speaks already is not greeted: the server knows. */
  ungreeted = false
  /** @type {ReturnType<typeof setTimeout> | undefined} when it was no voice after all */
  wordless

  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.call = call
  }

  /** Of a call that is asked for or come back to. @param {boolean} microphone */
  async begin(microphone) {
    const attempt = ++this.attempt
    this.call.endedBy = ""
    this.call.notices.callBegan()
    this.call.outgoing.reset(!microphone)
    this.#openLine(attempt)
    await this.#prepare(attempt, microphone).catch(error => {
      if (attempt === this.attempt) this.call.over(error instanceof LoadError ? "client_missing" : "unsupported")
    })
  }

  /** Whatever of it still waits is for nothing. @param {() => Promise<void>} close gives back what was opened */
  end(close) {
    this.attempt++
    clearTimeout(this.wordless)
    this.closing = close()
  }

  lineMade() {
    if (this.prepared && this.call.callState.active) this.request()
  }

  /** Whoever wrote first, or talks on, is not greeted. */
  request() {
    const { transport, recovery: { said }, interrupted, outbox, sessionRequest } = this.call
    if (transport.kept) return transport.resume()
    sessionRequest.start(!interrupted && said.length === 0 && outbox.all.length === 0, said)
  }

  /** The microphone is there, before the call is live: what is said is kept for it. */
  listen() {
    const { callState, isPushToTalk, microphone, outgoing, preferences } = this.call
    if (callState.phase !== "connecting" || isPushToTalk || !microphone.there || outgoing.gate.muted) return
    outgoing.firstWords.begin()
    microphone.start(preferences.values.chunk_ms || CHUNK_MS)
  }

  /** Something was, or the call is asked for anew. */
  heard() {
    const { transport, outgoing: { firstWords } } = this.call
    if (firstWords.spoken && !this.ungreeted) this.ungreeted = transport.mayGreet(false)
  }

  /** So much was said before the call was live and belongs to it: not where a key takes the turns. */
  get earlyMs() {
    const { isPushToTalk, outgoing: { firstWords } } = this.call
    if (isPushToTalk) firstWords.drop()
    return firstWords.ms
  }

  /** The call is live. */
  readied() {
    const { call, call: { keeper, outgoing, reports } } = this
    const { chunks, leftOutMs } = outgoing.sendFirst()
    for (const chunk of chunks) keeper.recorder?.soundSent(chunk)
    if (leftOutMs > 0) reports.soundLeftOut(leftOutMs)
    if (this.ungreeted) this.wordless = setTimeout(() => call.transport.mayGreet(true), WORDS_MS)
  }

  /** @param {number} attempt */
  #goesOn(attempt) {
    return attempt === this.attempt && this.call.callState.active
  }

  /**
   * While the person is asked for the microphone, but not before the call before it has let go of its own.
   * @param {number} attempt
   */
  async #openLine(attempt) {
    await this.closing
    if (this.#goesOn(attempt)) this.call.transport.open()
  }

  /** @param {number} attempt @param {boolean} microphone */
  async #prepare(attempt, microphone) {
    this.prepared = false
    this.call.microphone.paused = this.call.isPushToTalk
    const context = await this.#openSound(attempt, microphone)
    await this.closing
    if (!context || !this.#goesOn(attempt)) return
    this.call.audio.begin(context)
    this.prepared = true
    this.call.transport.connected ? this.request() : this.call.transport.open()
  }

  /** @param {number} attempt @param {boolean} microphone */
  async #openSound(attempt, microphone) {
    const { audio, callState } = this.call
    // Without a touch, only a page that listens may be heard.
    const untouched = microphone && callState.goesOn
    if (untouched) await audio.ask()
    if (attempt !== this.attempt) return null
    const opening = audio.open()
    // Told of later, once the person has answered.
    opening.catch(() => {})
    if (microphone && !untouched) await audio.ask()
    return opening
  }
}
