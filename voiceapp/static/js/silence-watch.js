// Notices a microphone that hears nothing: the wrong one, or one with a switch that is off. Until anything was heard,
// very little counts as nothing; a microphone that worked must be wholly dead, since a quiet room is no fault.

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
    if (this.noticed) this.delegate.silenceEnded()
    this.silentMs = 0
    this.worked = this.noticed = false
  }

  /**
   * @param {number} peak 0 to 1
   * @param {number} ms
   */
  hear(peak, ms) {
    this.worked ||= peak > HEARD
    const silent = this.worked ? peak === 0 : peak < FAINT
    this.silentMs = silent ? this.silentMs + ms : 0
    this.#notice(this.silentMs >= NOTICE_MS)
  }

  /** @param {boolean} noticed */
  #notice(noticed) {
    if (this.noticed === noticed) return
    this.noticed = noticed
    noticed ? this.delegate.silenceBegan() : this.delegate.silenceEnded()
  }
}
