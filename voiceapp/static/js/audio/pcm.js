// PCM16 as the wire carries it: little-endian, mono, 24 kHz.

export const SAMPLE_RATE = 24000

const SCALE = 32768

/** @param {number} ms */
export function samplesIn(ms) {
  return Math.round(ms * SAMPLE_RATE / 1000)
}

/** @param {number} samples */
export function msOf(samples) {
  return samples * 1000 / SAMPLE_RATE
}

/** @param {number} value */
export function toInt16(value) {
  return Math.max(-SCALE, Math.min(SCALE - 1, Math.round(value * SCALE)))
}

/** @param {number} value */
export function toFloat(value) {
  return value / SCALE
}
