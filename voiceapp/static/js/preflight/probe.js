// The sound of the check: a tone that rises and falls, within what every microphone hears. Not a steady one, which
// noise suppression takes away, and of no two like moments, so that it is found again in much noise.

export const PROBE_S = 1.2

const HZ = { min: 400, max: 3200 }
const PEAK = 0.25
const FADE_S = 0.03

/** @param {number} rate @returns {Float32Array<ArrayBuffer>} */
export function probe(rate) {
  return Float32Array.from(
    { length: Math.round(PROBE_S * rate) }, (_, i) => PEAK * fade(i / rate) * Math.sin(phase(i / rate))
  )
}

/** Falling is rising backwards. @param {number} seconds */
function phase(seconds) {
  const rising = Math.min(seconds, PROBE_S - seconds)
  return 2 * Math.PI * (HZ.min * rising + (HZ.max - HZ.min) * rising ** 2 / PROBE_S) * (seconds > rising ? -1 : 1)
}

/** @param {number} seconds */
function fade(seconds) {
  return Math.min(1, seconds / FADE_S, (PROBE_S - seconds) / FADE_S)
}
