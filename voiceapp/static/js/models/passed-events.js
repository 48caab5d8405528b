// The events of a call, those of its upstream and those of the page (call-log.js), as they come: the latest fifty
// thousand of them, for the list that shows them (inspector.js) and the talk that is saved.

export const MAX = 50000
/** The oldest go in lots: each alone would move all the others. */
const LOT = 1000

/** @typedef {import("../wire.js").LogLine | import("./call-log.js").LogEntry} Line */
/** @typedef {import("./call-log.js").Clock} Clock */

export class PassedEvents {
  /** @type {Line[]} */
  lines = []
  /** That of the call of each. @type {WeakMap<Line, Clock>} */
  clocks = new WeakMap()
  /** Events that are no longer kept. */
  dropped = 0
  total = 0
  /** What shows them. @type {{eventAdded: (line: Line, clock: Clock) => void, eventsDropped: () => void} | null} */
  delegate = null

  /** The page's own come in their order, and so do the others. @param {Line} line @param {Clock} clock */
  add(line, clock) {
    this.lines.push(line)
    this.clocks.set(line, clock)
    this.total += line.times ?? 1
    if (this.lines.length >= MAX + LOT) {
      this.lines.splice(0, LOT)
      this.dropped += LOT
      this.delegate?.eventsDropped()
    }
    this.delegate?.eventAdded(line, clock)
  }

  /** Milliseconds since its call began, as far as is known by now. @param {Line} line */
  timeOf(line) {
    return isOfPage(line) ? line.at : line.at + this.#clockOf(line).skew
  }

  /** On the page's clock. @param {Line} line */
  momentOf(line) {
    return this.#clockOf(line).began + this.timeOf(line)
  }

  /** @param {Line} line */
  #clockOf(line) {
    return /** @type {Clock} */ (this.clocks.get(line))
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
