// A high-pass for one stream of samples: below 300 Hz a small loudspeaker plays little of what it is given, and rooms
// hum. Second-order Butterworth, from Robert Bristow-Johnson's audio EQ cookbook, in transposed direct form II.

const FROM_HZ = 300

export class VoiceBand {
  first = 0
  second = 0

  /** @param {number} rate */
  constructor(rate) {
    const angle = 2 * Math.PI * FROM_HZ / rate
    const [cos, alpha] = [Math.cos(angle), Math.sin(angle) * Math.SQRT1_2]
    this.direct = (1 + cos) / 2 / (1 + alpha)
    this.back = -2 * cos / (1 + alpha)
    this.further = (1 - alpha) / (1 + alpha)
  }

  /** @param {number} sample */
  pass(sample) {
    const out = this.direct * sample + this.first
    this.first = -2 * this.direct * sample - this.back * out + this.second
    this.second = this.direct * sample - this.further * out
    return out
  }
}
