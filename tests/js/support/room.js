// A room in which a page plays and listens: its loudspeaker comes back into its microphone, later, fainter, without
// lows and highs, with the reverberation of a small room. Somebody may speak in it, and it is never silent. Each run is
// the same as the last.

import { atLevel, speechLevel } from "./voices.js"
import { random } from "./speech.js"

const QUANTUM = 128
/** As `audio/loudspeaker.js` ducks: how far, how quickly down and up. */
const DUCKED = { level: 0.3, downS: 0.015, upS: 0.12 }
/** What a laptop's loudspeaker leaves of the voice, in hertz. */
const LOUDSPEAKER = { from: 250, to: 5500 }
const REVERBERATION = { reflections: 60, lengthS: 0.25, rt60S: 0.35, first: 0.45 }
const PLAIN = [[0, 1], [0.011, 0.4], [0.023, -0.3], [0.041, 0.2], [0.067, -0.1]]

/** Noise floors in dBFS: of a quiet room, and of a kitchen with a fan and things that are put down. */
export const FLOORS = { quiet: { levelDb: -68, clatter: 0 }, kitchen: { levelDb: -52, clatter: 0.06 } }

/** What a room and a loudspeaker make of a sound, as loud as it was. */
export function throughRoom(samples, rate) {
  const band = lowPass(highPass(samples, LOUDSPEAKER.from, rate), LOUDSPEAKER.to, rate)
  return atLevel(reflected(band, reverberation(), rate), speechLevel(samples))
}

/** @param {[number, number][]} ways seconds, and what comes that way */
function reflected(samples, ways, rate) {
  const wet = new Float32Array(samples.length)
  for (const [afterS, share] of ways) {
    const delay = Math.round(afterS * rate)
    for (let i = delay; i < wet.length; i++) wet[i] += share * samples[i - delay]
  }
  return wet
}

function reverberation() {
  const next = random(31)
  const { reflections, lengthS, rt60S, first } = REVERBERATION
  const later = Array.from({ length: reflections }, () => {
    const afterS = 0.002 + next() * lengthS
    return [afterS, (next() < 0.5 ? -1 : 1) * first * 10 ** (-3 * afterS / rt60S)]
  })
  return [[0, 1], ...later]
}

const made = new Map()

/** The noise of a room: mostly low, and in a kitchen a clatter now and then. Made once, and nobody's to change. */
export function noise(length, rate, floor) {
  const key = [length, rate, floor.levelDb, floor.clatter].join()
  if (!made.has(key)) made.set(key, noisy(length, rate, floor))
  return made.get(key)
}

function noisy(length, rate, { levelDb, clatter }) {
  const next = random(77)
  const samples = new Float32Array(length)
  let low = 0
  for (let i = 0; i < length; i++) {
    const white = next() - next()
    low += 0.1 * (white - low)
    samples[i] = 0.35 * white + 2.8 * low
  }
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / length)
  const gain = 10 ** (levelDb / 20) / rms
  for (let i = 0; i < length; i++) samples[i] *= gain
  for (let at = 0.7 * rate; clatter && at < length; at += (0.6 + 1.5 * next()) * rate) {
    ring(samples.subarray(at), rate, clatter * next(), 1500 + 2500 * next())
  }
  return samples
}

function ring(samples, rate, level, hz) {
  for (let i = 0; i < Math.min(samples.length, 0.15 * rate); i++) {
    samples[i] += level * Math.exp(-i / (0.02 * rate)) * Math.sin(2 * Math.PI * hz * i / rate)
  }
}

/**
 * Runs a guard through what is played and said, a quantum at a time as the capture worklet does, ducking as the page
 * does.
 * @param {{playback: Float32Array, wet: Float32Array, speech?: Float32Array, floor: Float32Array, echoDb: number,
 *   delayMs: number, canceller?: {dbPerS: number, mostDb: number, afterS?: number}}} room `wet`: `playback` as the room
 *   returns it at 0 dB; `echoDb`: -Infinity with headphones; `canceller`: the browser's, none by itself
 * @returns {{at: number, judgement: string}[]} each change, in seconds
 */
export function live(guard, rate, { playback, wet, speech, floor, echoDb, delayMs, canceller }) {
  const delay = Math.round(delayMs * rate / 1000)
  const gain = 10 ** (echoDb / 20)
  const played = Float32Array.from(playback)
  const heard = together(floor, speech)
  const judged = []
  const passes = canceller ? cancelling(canceller, rate) : () => 1
  let volume = 1
  for (let at = 0; at + QUANTUM <= playback.length; at += QUANTUM) {
    const wanted = ["suspected", "voice"].includes(guard.judgement) ? DUCKED.level : 1
    const pace = 1 / (rate * (wanted < volume ? DUCKED.downS : DUCKED.upS))
    for (let i = at; i < at + QUANTUM; i++) {
      volume += (wanted - volume) * pace
      played[i] *= volume
      // Beyond the end it falls away.
      if (i + delay < heard.length) heard[i + delay] += gain * passes(wet[i]) * volume * wet[i]
    }
    const changed = guard.hear(heard.subarray(at, at + QUANTUM), played.subarray(at, at + QUANTUM))
    if (changed) judged.push({ at: at / rate, judgement: guard.judgement })
  }
  return judged
}

function together(floor, speech = []) {
  const heard = Float32Array.from(floor)
  for (let i = 0; i < Math.min(heard.length, speech.length); i++) heard[i] += speech[i]
  return heard
}

/**
 * A browser that cancels the echo, and learns while it hears one: so many decibels less for each second of it, down to
 * the most it can.
 */
function cancelling({ dbPerS, mostDb, afterS = 0 }, rate) {
  let heardS = 0
  let gain = 1
  return sample => {
    if (Math.abs(sample) > 0.01) {
      heardS += 1 / rate
      gain = 10 ** (-Math.min(mostDb, dbPerS * Math.max(0, heardS - afterS)) / 20)
    }
    return gain
  }
}

/** The same where nothing was prepared, at any rate: a quiet room of five ways, and a loudspeaker that plays all. */
export function converse(guard, rate, { playback, speech, echoDb, delayMs }) {
  const floor = noise(playback.length, rate, FLOORS.quiet)
  return live(guard, rate, { playback, wet: reflected(playback, PLAIN, rate), speech, floor, echoDb, delayMs })
}

// Second-order Butterworth filters (Robert Bristow-Johnson's audio EQ cookbook).

function highPass(samples, hz, rate) {
  const { cos, alpha } = angles(hz, rate)
  return biquad(samples, [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2], [1 + alpha, -2 * cos, 1 - alpha])
}

function lowPass(samples, hz, rate) {
  const { cos, alpha } = angles(hz, rate)
  return biquad(samples, [(1 - cos) / 2, 1 - cos, (1 - cos) / 2], [1 + alpha, -2 * cos, 1 - alpha])
}

function angles(hz, rate) {
  const angle = 2 * Math.PI * hz / rate
  return { cos: Math.cos(angle), alpha: Math.sin(angle) * Math.SQRT1_2 }
}

function biquad(samples, [b0, b1, b2], [a0, a1, a2]) {
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  return samples.map(x => {
    const y = (b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2) / a0;
    [x2, x1, y2, y1] = [x1, x, y1, y]
    return y
  })
}
