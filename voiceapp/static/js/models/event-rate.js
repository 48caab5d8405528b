// How many events and bytes come in a second: what a list of them says of the last five.

const RATE_MS = 5000

/** @param {import("./inspector.js").Line[]} lines the latest last */
export function rateOf(lines) {
  const end = lines.at(-1)?.at ?? 0
  const recent = lines.slice(lines.findLastIndex(({ at }) => at < end - RATE_MS) + 1)
  const seconds = Math.max(1000, Math.min(RATE_MS, end)) / 1000
  const events = recent.reduce((sum, { times = 1 }) => sum + times, 0)
  return { events: events / seconds, bytes: recent.reduce((sum, { bytes }) => sum + bytes, 0) / seconds }
}
