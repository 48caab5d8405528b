// White noise at a level, and levels as ratios.

import { random } from "./speech.js"

export const ratio = db => 10 ** (db / 20)

export function hiss(samples, db, seed = 3) {
  const next = random(seed)
  return Float32Array.from({ length: samples }, () => ratio(db) * Math.sqrt(12) * (next() - 0.5))
}
