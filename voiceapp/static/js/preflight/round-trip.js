// How long a small question to the server takes, there and back.

const TIMES = 9
const FEWEST = 3
const MAX_MS = 5000

/**
 * @typedef {{median: number, spread: number}} RoundTrip in milliseconds; the spread is from the second quickest to the
 *   second slowest
 */

/**
 * One after the other; the first only opens the connection. Throws what `ask` throws.
 * @param {() => Promise<unknown>} ask
 * @param {() => number} now milliseconds
 * @returns {Promise<RoundTrip>}
 */
export async function measureRoundTrip(ask, now) {
  await ask()
  const began = now()
  const took = []
  while (took.length < TIMES && (took.length < FEWEST || now() - began < MAX_MS)) took.push(await timed(ask, now))
  return summed(took)
}

/** @param {number[]} took @returns {RoundTrip} */
export function summed(took) {
  const sorted = [...took].sort((a, b) => a - b)
  const edge = sorted.length > FEWEST ? 1 : 0
  return { median: sorted[sorted.length >> 1], spread: sorted[sorted.length - 1 - edge] - sorted[edge] }
}

/** @param {() => Promise<unknown>} ask @param {() => number} now */
async function timed(ask, now) {
  const began = now()
  await ask()
  return now() - began
}
