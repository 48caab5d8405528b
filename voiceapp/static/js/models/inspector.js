// The events of a call, those of its upstream and those of the page (call-log.js), latest last: fifty thousand of
// them, filtered, searched, held still, and with runs of deltas as one row. What is asked for again and again is worked
// out as the events come.

export const MAX = 50000
/** The oldest go in lots: each alone would move all the others. */
const LOT = 1000

/** @typedef {import("../wire.js").LogLine | import("./call-log.js").LogEntry} Line */
/**
 * @typedef {{id: number, line: Line, times: number, bytes: number}} Row of one event or a run of them; `line` is the
 *   latest
 */
/** @typedef {"all" | "up" | "down" | "page" | "model"} Direction whose, or which way */

export class Inspector {
  /** @type {Line[]} */
  lines = []
  /** When each of them was. @type {WeakMap<Line, number>} */
  moments = new WeakMap()
  /** Events that are no longer kept, or were cleared away. */
  dropped = 0
  /** @type {Row[]} what is to be seen */
  rows = []
  /** Since the last clearing. */
  total = 0
  bytes = 0
  paused = false
  grouped = true
  /** @type {Direction} */
  direction = "all"
  query = ""

  /** @param {{inspectorChanged: () => void}} delegate */
  constructor(delegate) {
    this.delegate = delegate
  }

  /** The page's own come in their order, and so do the others. @param {Line} line @param {number} [moment] */
  add(line, moment = line.at) {
    this.lines.push(line)
    this.moments.set(line, moment)
    this.total += line.times ?? 1
    this.bytes += line.bytes
    if (this.lines.length >= MAX + LOT) this.#dropLot()
    if (this.paused) return
    this.#show(line, this.arrived)
    this.delegate.inspectorChanged()
  }

  clear() {
    this.dropped = this.arrived
    this.lines = []
    this.total = this.bytes = 0
    this.#showAll()
  }

  /** Events go on being kept, but what is seen stands still. @param {boolean} paused */
  pause(paused) {
    this.paused = paused
    paused ? this.delegate.inspectorChanged() : this.#showAll()
  }

  /** @param {boolean} grouped */
  group(grouped) {
    this.grouped = grouped
    this.#showAll()
  }

  /** @param {Direction} direction */
  filter(direction) {
    this.direction = direction
    this.#showAll()
  }

  /** @param {string} query */
  search(query) {
    this.query = query.trim().toLowerCase()
    this.#showAll()
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

  /** Where it stands among what is seen, after whatever hid it is undone; -1 if it is not kept. @param {Line} line */
  placeOf(line) {
    const place = this.#placeOf(line)
    if (place >= 0 || !this.lines.includes(line)) return place
    this.direction = "all"
    this.query = ""
    this.#showAll()
    return this.#placeOf(line)
  }

  /** A run's row stands for all that is in it. @param {Line} line */
  #placeOf(line) {
    const place = this.rows.findIndex(row => row.line === line)
    if (place >= 0) return place
    return this.rows.findIndex(({ line: { type, direction, at } }) =>
      type === line.type && direction === line.direction && at >= line.at)
  }

  #dropLot() {
    this.lines.splice(0, LOT)
    this.dropped += LOT
    if (!this.paused) this.rows = this.rows.filter(({ id }) => id > this.dropped)
  }

  #showAll() {
    this.rows = []
    this.lines.forEach((line, i) => this.#show(line, this.dropped + i + 1))
    this.delegate.inspectorChanged()
  }

  /** @param {Line} line @param {number} id */
  #show(line, id) {
    if (!this.#matches(line)) return
    const place = this.#placeAt(line)
    const row = this.grouped && foldable(line) ? this.#inRun(line, place) : undefined
    const { times = 1, bytes } = line
    if (isOfPage(line)) this.rows.splice(place, 0, new PageRow(id, line))
    else if (row) Object.assign(row, { line, times: row.times + times, bytes: row.bytes + bytes })
    else this.rows.splice(place, 0, { id, line, times, bytes })
  }

  /** Before the later ones of the other kind. @param {Line} line */
  #placeAt(line) {
    const { rows, moments } = this
    const own = isOfPage(line)
    const moment = Number(moments.get(line))
    return rows.findLastIndex(row => isOfPage(row.line) === own || Number(moments.get(row.line)) <= moment) + 1
  }

  /** @param {Line} line */
  #matches(line) {
    const whose = isOfPage(line) ? "page" : "model"
    if (!["all", line.direction, whose].includes(this.direction)) return false
    return !this.query || `${line.type}\n${line.summary}\n${line.body ?? ""}`.toLowerCase().includes(this.query)
  }

  /** The row of the same kind in the run of deltas before it. @param {Line} line @param {number} place */
  #inRun(line, place) {
    for (let i = place - 1; i >= 0; i--) {
      const row = this.rows[i]
      if (!foldable(row.line)) return undefined
      if (row.line.type === line.type && row.line.direction === line.direction) return row
    }
    return undefined
  }
}

/** An entry that may be a run, and grow. */
class PageRow {
  /** @param {number} id @param {import("./call-log.js").LogEntry} line */
  constructor(id, line) {
    this.id = id
    this.line = line
  }

  get times() {
    return this.line.times
  }

  get bytes() {
    return this.line.bytes
  }
}

/** @param {Line} line @returns {line is import("./call-log.js").LogEntry} */
export function isOfPage(line) {
  return "page" in line
}

/** @param {Line} line */
function foldable({ type }) {
  return type.endsWith("delta") || type.endsWith(".append")
}
