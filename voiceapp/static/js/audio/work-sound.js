// A soft sound now and then while something is looked up: nobody needs to ask whether the line is dead.

/** Two short tones, so quiet that they are heard in silence alone. */
const TONES_HZ = [523, 659]
const TONE_S = 0.09
const PEAK = 0.025
/** A tone that begins or ends at once clicks. */
const EDGE_S = 0.02
const EVERY_S = 2

export class WorkSound {
  /** When it was played last, by the context's clock. */
  at = -Infinity

  /** Unless it was just played. @param {BaseAudioContext} context */
  play(context) {
    const now = context.currentTime
    if (now - this.at < EVERY_S - EDGE_S) return
    this.at = now
    TONES_HZ.forEach((hz, i) => tone(context, hz, now + i * TONE_S))
  }
}

/** @param {BaseAudioContext} context @param {number} hz @param {number} from */
function tone(context, hz, from) {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.frequency.value = hz
  gain.gain.setValueAtTime(0, from)
  gain.gain.linearRampToValueAtTime(PEAK, from + EDGE_S)
  gain.gain.linearRampToValueAtTime(0, from + TONE_S)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(from)
  oscillator.stop(from + TONE_S)
}
