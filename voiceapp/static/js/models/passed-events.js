// The events of a call, those of its upstream and those of the page (call-log.js), as they come: the latest fifty
// thousand of them, for the list that shows them (inspector.js) and the talk that is saved.

export const MAX = 50000
/** The oldest go in lots: each alone would move all the others. */
const LOT = 1000

/** @typedef {import("../wire.js").LogLine | import("./call-log.js").LogEntry} Line */

export class PassedEvents {
  /** @type {Line[]} */
  lines = []
  /** When each of them was. @type {WeakMap<Line, number>} */
  moments = new WeakMap()
  /** Events that are no longer kept, or were cleared away. */
  dropped = 0
  /** Since the last clearing. */
  total = 0
  bytes = 0
  /** What shows them. @type {{eventAdded: (line: Line) => void, eventsDropped: () => void} | null} */
  delegate = null

  /** The page's own come in their order, and so do the others. @param {Line} line @param {number} [moment] */
  add(line, moment = line.at) {
    this.lines.push(line)
    this.moments.set(line, moment)
    this.total += line.times ?? 1
    this.bytes += line.bytes
    if (this.lines.length >= MAX + LOT) {
      this.lines.splice(0, LOT)
      this.dropped += LOT
      this.delegate?.eventsDropped()
    }
    this.delegate?.eventAdded(line)
  }

  clear() {
    this.dropped = this.arrived
    this.lines = []
    this.total = this.bytes = 0
  }

  /** How many there ever were: an event's id is its number. */
  get arrived() {
    return this.dropped + this.lines.length
  }

  /**
   * The upstream's after the first `arrived` of all, as far as they are kept.
   * @param {number} arrived
   * @returns {import("../wire.js").LogLine[]}
   */
  since(arrived) {
    return this.lines.slice(Math.max(0, arrived - this.dropped)).flatMap(line => isOfPage(line) ? [] : [line])
  }
}

/** @param {Line} line @returns {line is import("./call-log.js").LogEntry} */
export function isOfPage(line) {
  return "page" in line
}
