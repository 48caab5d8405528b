// The list of a call's events (passed-events.js), latest last: filtered, searched, held still, and with runs of deltas
// as one row. What is asked for again and again is worked out as the events come.

import { isOfPage } from "./passed-events.js"

/** @typedef {import("./passed-events.js").Line} Line */
/**
 * @typedef {{id: number, line: Line, times: number, bytes: number}} Row of one event or a run of them; `line` is the
 *   latest
 */
/** @typedef {"all" | "up" | "down" | "page" | "model"} Direction whose, or which way */

export class Inspector {
  /** @type {Row[]} what is to be seen */
  rows = []
  paused = false
  grouped = true
  /** @type {Direction} */
  direction = "all"
  query = ""

  /** @param {import("./passed-events.js").PassedEvents} events @param {{inspectorChanged: () => void}} delegate */
  constructor(events, delegate) {
    this.events = events
    this.delegate = delegate
    events.delegate = this
    this.#showAll()
  }

  /** @param {Line} line */
  eventAdded(line) {
    if (this.paused) return
    this.#show(line, this.events.arrived)
    this.delegate.inspectorChanged()
  }

  eventsDropped() {
    if (!this.paused) this.rows = this.rows.filter(({ id }) => id > this.events.dropped)
  }

  clear() {
    this.events.clear()
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

  /** Where it stands among what is seen, after whatever hid it is undone; -1 if it is not kept. @param {Line} line */
  placeOf(line) {
    const place = this.#placeOf(line)
    if (place >= 0 || !this.events.lines.includes(line)) return place
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

  #showAll() {
    this.rows = []
    const { lines, dropped } = this.events
    lines.forEach((line, i) => this.#show(line, dropped + i + 1))
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
    const { rows, events: { moments } } = this
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

/** @param {Line} line */
function foldable({ type }) {
  return type.endsWith("delta") || type.endsWith(".append")
}
