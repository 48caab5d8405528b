// How many events and bytes come in a second: what a list of them says of the last five.

import { isOfPage } from "./passed-events.js"

const RATE_MS = 5000

/** @typedef {import("./passed-events.js").Line} Line */

/** @param {Line[]} lines in any order: some are told long after they passed */
export function rateOf(lines) {
  const end = lines.reduce((latest, line) => Math.max(latest, lastOf(line)), 0)
  let events = 0
  let bytes = 0
  for (const line of lines) {
    const share = shareSince(end - RATE_MS, line)
    events += share * (line.times ?? 1)
    bytes += share * line.bytes
  }
  const seconds = Math.max(1000, Math.min(RATE_MS, end)) / 1000
  return { events: events / seconds, bytes: bytes / seconds }
}

/** When the last of a run was. @param {Line} line */
function lastOf(line) {
  return isOfPage(line) ? line.end : line.until ?? line.at
}

/** Which part of a run, as if it had come evenly. @param {number} from @param {Line} line */
function shareSince(from, line) {
  const last = lastOf(line)
  if (line.at >= from) return 1
  return last < from ? 0 : (last - from) / (last - line.at)
}
