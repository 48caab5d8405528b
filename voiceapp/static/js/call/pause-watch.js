// Pauses of somebody who has not finished: as the server tells of them, and where it does not, as the microphone hears
// them, by how much less there is than when they spoke.

/** So much less than the loudest of late is none of their voice, and so much of it is. */
const QUIET = 0.15
const VOICE = 0.25
/** The loudest counts less and less, by so much in a second. */
const FADES = 0.75
const PAUSE_MS = 400

export class PauseWatch {
  speaking = false
  loudest = 0
  quietMs = 0
  /** What the server said last, in this turn. @type {Wire.Pause | null} */
  told = null

  /** @param {{pauseChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /** In mid-turn: they are still listened to. */
  get pausing() {
    return this.speaking && (this.told ? this.told.paused : this.quietMs >= PAUSE_MS)
  }

  /** How sure the server is that the turn is over, 0 to 1; null: it does not say. */
  get sure() {
    return this.pausing ? this.told?.sure ?? null : null
  }

  /** @param {boolean} speaking it is their turn, and the server hears them */
  turnChanged(speaking) {
    if (this.speaking === speaking) return
    this.speaking = speaking
    this.quietMs = this.loudest = 0
    this.told = null
  }

  /** @param {number} peak 0 to 1 @param {number} ms */
  heard(peak, ms) {
    const { pausing } = this
    this.loudest = Math.max(peak, this.loudest * FADES ** (ms / 1000))
    if (peak < QUIET * this.loudest) this.quietMs += ms
    else if (this.quietMs < PAUSE_MS || peak > VOICE * this.loudest) this.quietMs = 0
    if (this.pausing !== pausing) this.delegate.pauseChanged()
  }

  /** @param {Wire.Pause} pause */
  tell(pause) {
    if (!this.speaking) return
    this.told = pause
    this.delegate.pauseChanged()
  }
}
