// A call on one axis of time: what of it lies in which lane, and which part of the axis is seen.

/** @typedef {import("./call-log.js").LogEntry} LogEntry */
/** @typedef {{from: number, to: number, kind: string, entry: LogEntry}} Span `kind`: a state, a tool's name */
/** @typedef {{turns: Span[], heard: Span[], came: Span[], tools: Span[], away: Span[]}} Lanes */

const MIN_SPAN_MS = 200
const ENDS_A_TOOL = ["done", "failed", "declined"]

/**
 * What an entry has begun lasts until another ends it, or until now.
 * @param {LogEntry[]} entries the oldest first
 * @param {number} now milliseconds since the call began
 * @returns {Lanes}
 */
export function lanesOf(entries, now) {
  const lanes = /** @type {Lanes} */ ({ turns: [], heard: [], came: [], tools: [], away: [] })
  /** @type {Map<string, Span>} */
  const open = new Map()
  for (const entry of entries) place(entry, lanes, open, now)
  return lanes
}

/** @param {LogEntry} entry @param {Lanes} lanes @param {Map<string, Span>} open @param {number} now */
function place(entry, lanes, open, now) {
  const { type, direction, at, end, item } = entry
  if (type === "heard") lanes.heard.push({ from: Math.min(at, end - heardMs(entry)), to: end, kind: item, entry })
  else if (type === "audio" && direction === "down") lanes.came.push({ from: at, to: end, kind: item, entry })
  else placeLasting(entry, lanes, open, now)
}

/** @param {LogEntry} entry @param {Lanes} lanes @param {Map<string, Span>} open @param {number} now */
function placeLasting(entry, lanes, open, now) {
  const { type } = entry
  if (type === "state") begin("turn", lanes.turns, said(entry).state ?? "", entry, open, now)
  else if (type === "tool") placeTool(entry, lanes, open, now)
  else if (type === "line.lost") begin("line", lanes.away, "line.lost", entry, open, now)
  else if (type === "line.made") finish("line", entry, open)
}

/** @param {LogEntry} entry @param {Lanes} lanes @param {Map<string, Span>} open @param {number} now */
function placeTool(entry, lanes, open, now) {
  const { call, name = "", state } = said(entry)
  const key = `tool ${call}`
  const known = open.get(key)
  if (!known) begin(key, lanes.tools, name, entry, open, now)
  else if (name) known.kind = name
  if (ENDS_A_TOOL.includes(state)) finish(key, entry, open)
}

/**
 * @param {string} key
 * @param {Span[]} lane
 * @param {string} kind
 * @param {LogEntry} entry
 * @param {Map<string, Span>} open
 * @param {number} now
 */
function begin(key, lane, kind, entry, open, now) {
  finish(key, entry, open)
  const span = { from: entry.at, to: Math.max(now, entry.at), kind, entry }
  lane.push(span)
  open.set(key, span)
}

/** @param {string} key @param {LogEntry} entry @param {Map<string, Span>} open */
function finish(key, entry, open) {
  const span = open.get(key)
  if (span) span.to = entry.at
  open.delete(key)
}

/** @param {LogEntry} entry @returns {any} */
function said({ content }) {
  return content?.[0] ?? {}
}

/** @param {LogEntry} entry */
function heardMs(entry) {
  return Number(said(entry).heard_ms ?? 0)
}

/** The part of the axis that is seen. As long as its end is the call's, it goes with it. */
export class TimeWindow {
  /** Of the axis: before 0 after a reload. */
  start = 0
  from = 0
  span = MIN_SPAN_MS
  /** Where it ends. */
  whole = MIN_SPAN_MS
  /** All is seen, also what is still to come. */
  all = true

  get to() {
    return this.from + this.span
  }

  /** The call is so long by now. @param {number} ms @param {number} [start] when what is kept begins */
  grow(ms, start = 0) {
    const atEnd = this.to >= this.whole - 1
    this.start = start
    this.whole = Math.max(start + MIN_SPAN_MS, ms)
    if (this.all) this.showAll()
    else if (atEnd) this.#set(this.whole - this.span, this.span)
  }

  showAll() {
    this.all = true
    this.from = this.start
    this.span = this.whole - this.start
  }

  /** @param {number} factor below 1: closer @param {number} [at] the moment that keeps its place */
  zoom(factor, at = this.from + this.span / 2) {
    const span = Math.min(this.whole - this.start, Math.max(MIN_SPAN_MS, this.span * factor))
    this.#set(at - (at - this.from) * span / this.span, span)
  }

  /** @param {number} ms */
  move(ms) {
    this.#set(this.from + ms, this.span)
  }

  /** So that the moment is seen. @param {number} at */
  reveal(at) {
    if (at < this.from || at > this.to) this.#set(at - this.span / 2, this.span)
  }

  /** @param {number} from @param {number} span */
  #set(from, span) {
    this.span = span
    this.from = Math.max(this.start, Math.min(this.whole - span, from))
    this.all = span >= this.whole - this.start
  }
}

const STEPS_S = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]

/**
 * Milliseconds between the marks of an axis, so that there are at most so many.
 * @param {number} spanMs
 * @param {number} most
 */
export function stepOf(spanMs, most) {
  return 1000 * (STEPS_S.find(step => spanMs / (step * 1000) <= most) ?? STEPS_S[STEPS_S.length - 1])
}

/**
 * "1:05", or with as many digits as marks so close to each other need.
 * @param {number} ms
 * @param {number} stepMs
 * @returns {string}
 */
export function mark(ms, stepMs) {
  if (ms < 0) return `−${mark(-ms, stepMs)}`
  const digits = stepMs < 100 ? 2 : stepMs < 1000 ? 1 : 0
  const seconds = (ms / 1000) % 60
  const minutes = Math.floor(ms / 60000)
  return `${minutes}:${seconds.toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`
}

/**
 * The one that begins nearest to a moment, if any does within some milliseconds.
 * @template {{at: number}} Event
 * @param {Event[]} events in the order of their times
 * @param {number} at
 * @param {number} [within]
 * @returns {Event | undefined}
 */
export function nearest(events, at, within = Infinity) {
  let best
  for (const event of events)
    if (Math.abs(event.at - at) <= Math.min(within, best ? Math.abs(best.at - at) : Infinity)) best = event
  return best
}
