// Since an answer is held: has the person spoken for so long that they mean to interrupt it? Nothing is played then, so
// whatever is heard is no echo; but for the first moment, in which a room still rings.

const RINGS_MS = 200
/** Of the loudest sample in a tenth of a second: a room is quieter, and whoever speaks to a page is louder. */
const FAINT = 10 ** (-40 / 20)
const ABOVE = 10 ** (12 / 20)
/** A noise that goes on becomes part of the room: so much in each report. */
const RISE = 1.02

export class HeldVoice {
  /** As quiet as it was of late. */
  floor = FAINT / ABOVE
  wantedMs = 0
  ringsMs = 0

  /** @param {number} wantedMs how long a voice has to last */
  begin(wantedMs) {
    this.wantedMs = wantedMs
    this.ringsMs = RINGS_MS
  }

  end() {
    this.wantedMs = 0
  }

  /**
   * Whether the person has spoken for long enough by now: told once.
   * @param {number} peak of the microphone, 0 to 1
   * @param {number} ms
   * @param {boolean} sent it goes up
   */
  hear(peak, ms, sent) {
    if (peak > 0) this.floor = Math.min(peak, this.floor * RISE)
    if (this.wantedMs <= 0) return false
    this.ringsMs -= ms
    if (this.ringsMs >= 0 || !sent || peak < Math.max(FAINT, this.floor * ABOVE)) return false
    this.wantedMs -= ms
    return this.wantedMs <= 0
  }
}
