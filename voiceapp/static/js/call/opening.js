// Line and sound of a call, opened side by side: it is asked for once both are there.

import { LoadError } from "../audio/device.js"

export class Opening {
  /** Which one is the latest: an older one that still waits gives up. */
  attempt = 0
  /** The sound is there. */
  prepared = false
  /** The call before it lets go of what it had. @type {Promise<void>} */
  closing = Promise.resolve()

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
