// The list of a call's events (passed-events.js), latest last: filtered, searched, held still, and with runs of deltas
// as one row. What is asked for again and again is worked out as the events come.

import { isOfPage } from "./passed-events.js"

/** @typedef {import("./passed-events.js").Line} Line */
/**
 * @typedef {{id: number, first: Line, line: Line, moment: number, times: number, bytes: number}} Row of one event or a
 *   run of them: `line` is the latest, `moment` that of the first
 */
/** @typedef {"all" | "up" | "down" | "page" | "model"} Direction whose, or which way */

export class Inspector {
  /** @type {Row[]} */
  list = []
  /** How late the model's were told when the list was put in order; with what is known better by now it is old. */
  skew = NaN
  old = false
  /** Up to which number, and how many, were cleared away: only from the list. */
  cleared = { number: 0, total: 0 }
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

  /** What is to be seen. */
  get rows() {
    if (this.old) this.#order()
    return this.list
  }

  /** @param {Line} line @param {import("./passed-events.js").Clock} clock */
  eventAdded(line, { skew }) {
    if (this.paused) return
    if (!isOfPage(line) && skew !== this.skew) {
      this.skew = skew
      this.old = true
    }
    if (!this.old) this.#show(line, this.events.arrived)
    this.delegate.inspectorChanged()
  }

  eventsDropped() {
    if (!this.paused) this.list = this.list.filter(({ id }) => id > this.events.dropped)
  }

  /** It shows what comes from now on. */
  clear() {
    this.cleared = { number: this.events.arrived, total: this.events.total }
    this.#showAll()
  }

  /** Since the last clearing. */
  get total() {
    return this.events.total - this.cleared.total
  }

  /** Events go on being kept, but what is seen stands still. @param {boolean} paused */
  pause(paused) {
    if (this.old) this.#order()
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
    this.cleared = { number: 0, total: 0 }
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
    this.#order()
    this.delegate.inspectorChanged()
  }

  #order() {
    this.old = false
    this.list = []
    for (const i of this.#merged()) this.#show(this.events.lines[i], this.events.dropped + i + 1)
  }

  /** The places of all: the page's own among the others, or each of those would look for its place from the end. */
  #merged() {
    const { events, events: { lines } } = this
    const [own, others] = [true, false].map(page => [...lines.keys()].filter(i => isOfPage(lines[i]) === page))
    const all = []
    let next = 0
    for (const i of own) {
      const moment = events.momentOf(lines[i])
      while (next < others.length && events.momentOf(lines[others[next]]) <= moment) all.push(others[next++])
      all.push(i)
    }
    return [...all, ...others.slice(next)]
  }

  /** @param {Line} line @param {number} id */
  #show(line, id) {
    if (id <= this.cleared.number || !this.#matches(line)) return
    const moment = this.events.momentOf(line)
    const place = this.#placeAt(isOfPage(line), moment)
    const row = this.grouped && foldable(line) ? this.#inRun(line, place) : undefined
    const { times = 1, bytes } = line
    if (isOfPage(line)) this.list.splice(place, 0, new PageRow(id, line, moment))
    else if (row) Object.assign(row, { line, times: row.times + times, bytes: row.bytes + bytes })
    else this.list.splice(place, 0, { id, first: line, line, moment, times, bytes })
  }

  /** Before the later ones of the other kind. @param {boolean} own @param {number} at */
  #placeAt(own, at) {
    return this.list.findLastIndex(({ line, moment }) => isOfPage(line) === own || moment <= at) + 1
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
      const row = this.list[i]
      if (!foldable(row.line)) return undefined
      if (row.line.type === line.type && row.line.direction === line.direction) return row
    }
    return undefined
  }
}

/** An entry that may be a run, and grow. */
class PageRow {
  /** @param {number} id @param {import("./call-log.js").LogEntry} line @param {number} moment */
  constructor(id, line, moment) {
    this.id = id
    this.moment = moment
    this.first = line
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
