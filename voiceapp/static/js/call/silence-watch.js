// Notices a microphone that hears nothing: the wrong one, or one with a switch that is off. Only while it is the
// person's
// turn, and never one that has worked: who listens, thinks, or sits behind a noise gate is silent and nothing is wrong.

const NOTICE_MS = 5000
const FAINT = 10 ** (-66 / 20)
const HEARD = 10 ** (-50 / 20)

export class SilenceWatch {
  silentMs = 0
  worked = false
  noticed = false

  /** @param {{silenceBegan: () => void, silenceEnded: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /** Another microphone, or one that was off for a while. */
  reset() {
    this.over()
    this.worked = false
  }

  /**
   * @param {number} peak 0 to 1
   * @param {number} ms
   * @param {boolean} awaited what the person says is waited for
   */
  hear(peak, ms, awaited) {
    this.worked ||= peak > HEARD
    if (this.worked || peak >= FAINT) return this.over()
    this.silentMs = awaited ? this.silentMs + ms : 0
    if (this.silentMs >= NOTICE_MS) this.#notice(true)
  }

  /** It is not silent, or is not to be heard. */
  over() {
    this.silentMs = 0
    this.#notice(false)
  }

  /** The other side hears the person in it. */
  understood() {
    this.worked = true
    this.over()
  }

  /** @param {boolean} noticed */
  #notice(noticed) {
    if (this.noticed === noticed) return
    this.noticed = noticed
    noticed ? this.delegate.silenceBegan() : this.delegate.silenceEnded()
  }
}
