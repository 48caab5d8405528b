// Looks for the probe in what the microphone heard: how loud it came back, and how late. By correlation, so that it is
// found below noise and speech; summed over the time a room takes to answer, since an echo is never one alone.

import { probe } from "./probe.js"

/** The probe has nothing above 3.2 kHz. */
export const ECHO_RATE = 8000
/** Searched before the probe was played, where nothing but noise can be, and after. */
export const SEARCHED_S = { before: 0.15, after: 0.5 }

const ROOM_S = { before: 0.008, after: 0.1 }
/**
 * In standard deviations of the noise; and the share of what is heard that must be the probe, against speech that
 * begins in it.
 */
const CERTAIN = { deviations: 7, share: 0.005 }
const FAINTEST_DB = -60

/**
 * @typedef {{found: boolean, gainDb: number, delayMs: number}} Echo the gain is of the whole way, from the probe as
 *   made
 */

/**
 * @param {Float32Array} heard at ECHO_RATE
 * @param {number} playedAt the sample in which the probe began; there must be SEARCHED_S.before ahead of it
 * @returns {Echo}
 */
export function findEcho(heard, playedAt) {
  const sought = probe(ECHO_RATE)
  const [before, after] = [inSamples(SEARCHED_S.before), inSamples(SEARCHED_S.after)]
  const correlation = powers(heard.subarray(playedAt - before), sought, before + after)
  const noise = mean(correlation.subarray(0, before - inSamples(0.02)))
  const peak = strongest(correlation, before)
  const gainDb = 10 * Math.log10(Math.max(1e-12, returned(correlation, peak, noise) / itself(sought)))
  const min = CERTAIN.share * energy(sought) * energy(
    heard.subarray(playedAt - before + peak).subarray(0, sought.length)
  )
  const certain = correlation[peak] > Math.max(CERTAIN.deviations ** 2 * noise, min)
  return { found: certain && gainDb > FAINTEST_DB, gainDb, delayMs: 1000 * (peak - before) / ECHO_RATE }
}

/**
 * The squared correlation at each of so many lags: four at once, which takes a third of the time.
 * @param {Float32Array} heard
 * @param {Float32Array} sought
 * @param {number} lags
 */
function powers(heard, sought, lags) {
  const found = new Float32Array(Math.ceil(lags / 4) * 4)
  // Beyond its end nothing is heard.
  const whole = new Float32Array(found.length + sought.length)
  whole.set(heard.subarray(0, whole.length))
  for (let lag = 0; lag < lags; lag += 4) {
    let [none, one, two, three] = [0, 0, 0, 0]
    for (let i = 0; i < sought.length; i++) {
      const sample = sought[i]
      none += sample * whole[lag + i]
      one += sample * whole[lag + i + 1]
      two += sample * whole[lag + i + 2]
      three += sample * whole[lag + i + 3]
    }
    found.set([none * none, one * one, two * two, three * three], lag)
  }
  return found.subarray(0, lags)
}

/** @param {Float32Array} correlation @param {number} peak @param {number} noise */
function returned(correlation, peak, noise) {
  const window = correlation.subarray(Math.max(0, peak - inSamples(ROOM_S.before)), peak + inSamples(ROOM_S.after))
  return window.reduce((sum, value) => sum + value, 0) - window.length * noise
}

/** What would come back of an echo as loud as the probe. @param {Float32Array} sought */
function itself(sought) {
  const padded = new Float32Array(inSamples(ROOM_S.before) + sought.length + inSamples(ROOM_S.after))
  padded.set(sought, inSamples(ROOM_S.before))
  return powers(padded, sought, inSamples(ROOM_S.before + ROOM_S.after)).reduce((sum, value) => sum + value, 0)
}

/** @param {Float32Array} values @param {number} from */
function strongest(values, from) {
  let best = from
  for (let i = from; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

/** @param {Float32Array} samples */
function energy(samples) {
  return samples.reduce((sum, sample) => sum + sample * sample, 0)
}

/** @param {Float32Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** @param {number} seconds */
function inSamples(seconds) {
  return Math.round(seconds * ECHO_RATE)
}
