// The upstream's events, latest last, bounded; a run of deltas is one row with a count.

const MOST = 500

/** @typedef {import("./wire.js").LogLine & {id: number, times: number}} Row */

export class EventLog {
  /** @type {Row[]} */
  rows = []
  total = 0

  /** @param {{eventLogChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /** @param {import("./wire.js").LogLine} line */
  add(line) {
    this.total++
    const row = foldable(line) ? this.#inRun(line) : undefined
    row ? grow(row, line) : this.#append(line)
    this.delegate.eventLogChanged()
  }

  clear() {
    this.rows = []
    this.total = 0
    this.delegate.eventLogChanged()
  }

  /** The row of the same kind in the run of deltas at the end. @param {import("./wire.js").LogLine} line */
  #inRun(line) {
    for (const row of this.rows.toReversed()) {
      if (!foldable(row)) return undefined
      if (row.type === line.type && row.direction === line.direction) return row
    }
    return undefined
  }

  /** @param {import("./wire.js").LogLine} line */
  #append(line) {
    this.rows.push({ ...line, id: this.total, times: 1 })
    if (this.rows.length > MOST) this.rows.shift()
  }
}

/** @param {import("./wire.js").LogLine} line */
function foldable({ type }) {
  return type.endsWith("delta") || type.endsWith(".append")
}

/**
 * @param {Row} row
 * @param {import("./wire.js").LogLine} line
 */
function grow(row, line) {
  row.times++
  row.bytes += line.bytes
  row.summary = line.summary
}
