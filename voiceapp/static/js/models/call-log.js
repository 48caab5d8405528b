// What happened in a call, kept from its beginning so that one can look after something went wrong: what was said over
// the line, both ways, and what the page saw of itself. Of sound and pictures only when they came and how much: a run
// of chunks is one entry, to which each adds nothing but numbers.

export const MAX = 2000
/** Characters of what the events say: of all that is kept, and of one. */
export const MAX_CONTENT = 500_000
const MAX_ONE = 20_000
/** Of what a character of base64 stands for. */
const BYTES = 0.75
/** What belongs together comes at least so often. */
const GAP_MS = 1500
/** Of these a run is one entry, for each item its own. */
const FOLDED = ["audio", "ack", "got", "heard", "transcript", "picture"]
/** Of what is measured all the time, so much is kept. */
const HOUR_MS = 3_600_000
/** As many chunks as may be on their way. */
const SENT = 256
const SHOWN = [
  "item", "id", "call", "role", "state", "name", "code", "reason", "why", "on", "down", "heard_ms", "persona"
]
const MAX_WORD = 60
/** With it a page comes back to its call. */
const SECRET = "token"

/**
 * @typedef {{began: number, skew: number}} Clock since when a call's times count, on the page's clock; and how much
 *   later events between server and model are told here than they happened there, at the least
 */
/** @typedef {"up" | "down" | "here"} Way to the server, from it, or on the page itself */

/** An event, or a run of them. It has what the list of events asks of a line. */
export class LogEntry {
  times = 1
  page = true
  /** @type {unknown[] | null} what the latest of them said; null where it is not kept */
  content = null
  size = 0

  /** @param {number} id @param {Way} direction @param {string} type @param {number} at @param {string} item */
  constructor(id, direction, type, at, item) {
    this.id = id
    this.direction = direction
    this.type = type
    /** Milliseconds since the call began: the first of them, and the last. */
    this.at = at
    this.end = at
    this.item = item
    this.bytes = 0
  }

  /** Its ids and states in a line. */
  get summary() {
    const said = /** @type {Record<string, unknown>} */ (Object.assign({}, ...(this.content ?? []).filter(isObject)))
    if (this.item) said.item = this.item
    return SHOWN.filter(name => said[name] !== undefined && !isObject(said[name]))
      .map(name => `${name}=${String(said[name]).slice(0, MAX_WORD)}`).join(" ")
  }

  /** As JSON. */
  get body() {
    return this.content ? told(this.content.length === 1 ? this.content[0] : this.content) : ""
  }
}

/** The last hour of something that is measured all the time; 0 where nothing was. */
export class Measured {
  last = -1

  /** @param {number} stepMs @param {new (length: number) => Uint8Array | Uint16Array} Values */
  constructor(stepMs, Values) {
    this.stepMs = stepMs
    this.values = new Values(HOUR_MS / stepMs)
  }

  /** @param {number} at milliseconds @param {number} value above 0 */
  put(at, value) {
    const { values, stepMs } = this
    const step = Math.floor(at / stepMs)
    for (let one = Math.max(this.last, step - values.length) + 1; one <= step; one++) values[one % values.length] = 0
    values[step % values.length] = value
    this.last = step
  }

  /** The largest of some time. @param {number} from milliseconds @param {number} to */
  most(from, to) {
    const { values, stepMs, last } = this
    let most = 0
    const first = Math.max(0, last - values.length + 1, Math.floor(from / stepMs))
    const end = Math.min(last, Math.floor(to / stepMs))
    for (let step = first; step <= end; step++) most = Math.max(most, values[step % values.length])
    return most
  }

  clear() {
    this.last = -1
  }
}

export class CallLog {
  /** @type {LogEntry[]} a ring: an entry's place is its number, less whole rounds */
  ring = []
  /** How many there ever were, and how many before this call. */
  arrived = 0
  before = 0
  /** Characters that are kept of what they said; of those up to this number nothing is. */
  kept = 0
  emptied = 0
  /** @type {Clock} */
  clock = { began: 0, skew: Infinity }
  /** When it began on the world's clock. */
  beganAt = 0
  /** @type {Map<string, LogEntry>} runs that may go on, by kind */
  runs = new Map()
  /** How loud the microphone was, 1 to 255, and how many milliseconds a chunk and its receipt were on their way. */
  levels = new Measured(100, Uint8Array)
  trips = new Measured(500, Uint16Array)
  sent = new Float64Array(SENT)
  state = ""
  /** So many events between server and model came before this call. */
  model = 0

  /** @param {() => number} now milliseconds */
  constructor(now) {
    this.now = now
    this.#restart()
  }

  /**
   * A new call: of the one before nothing is kept.
   * @param {number} model so many events of the model's came before it
   */
  begin(model) {
    for (const entry of this.entries) this.#empty(entry)
    this.model = model
    this.#restart()
  }

  #restart() {
    this.ring = []
    this.before = this.emptied = this.arrived
    this.kept = 0
    this.clock = { began: this.now(), skew: Infinity }
    this.beganAt = Date.now()
    this.runs.clear()
    this.levels.clear()
    this.trips.clear()
    this.state = ""
  }

  /** Milliseconds since the call began. */
  get time() {
    return this.now() - this.clock.began
  }

  /** All that a socket says and hears. @param {any} socket */
  listen(socket) {
    socket.onAny((/** @type {string} */ event, /** @type {any[]} */ ...data) => this.came("down", event, data))
    socket.onAnyOutgoing((/** @type {string} */ event, /** @type {any[]} */ ...data) => this.came("up", event, data))
    socket.on("connect", () => this.note("line.made"))
    // "io …": one of both meant it.
    socket.on("disconnect", (/** @type {string} */ reason) =>
      this.note(reason.startsWith("io ") ? "line.closed" : "line.lost", { reason }))
    socket.on("connect_error", () => this.note("line.refused"))
    return socket
  }

  /** @param {"up" | "down"} direction @param {string} event @param {any[]} data */
  came(direction, event, data) {
    const at = this.time
    // The list of events keeps those itself.
    if (event === "log") return
    this.#time(direction, event, data, at)
    if (event === "audio") return this.#sound(direction, data, at)
    this.#said(direction, event, data.length > 1 && typeof data[0] === "number" ? data.slice(1) : data, at)
  }

  /** @param {"up" | "down"} direction @param {string} event @param {any[]} said @param {number} at */
  #said(direction, event, said, at) {
    const entry = folds(event, said[0])
      ? this.#run(event, direction, event, at, said[0].item ?? "") : this.#add(direction, event, at, "")
    if (event !== "picture") return this.#hold(entry, said)
    entry.bytes += said[0].data.length * BYTES
    this.#hold(entry, [{ ...said[0], data: "" }])
  }

  /** What happened between server and model is told now. @param {import("../wire.js").LogLine} line */
  modelTold({ at, until = at, late = 0 }) {
    const { clock } = this
    clock.skew = Math.min(clock.skew, this.time - until - late)
    return clock
  }

  /** Something of the page itself. @param {string} type @param {object} [content] */
  note(type, content = {}) {
    this.#hold(this.#add("here", type, this.time, ""), [content])
  }

  /** The state that the page shows. @param {string} state */
  stateShown(state) {
    if (state === this.state) return
    this.state = state
    this.note("state", { state })
  }

  /** @param {number} peak of the microphone, 0 to 1 */
  levelMeasured(peak) {
    this.levels.put(this.time, Math.max(1, Math.min(255, Math.round(peak * 255))))
  }

  /** Those that are kept, the oldest first. */
  get entries() {
    return this.since(this.before)
  }

  /** Those after the first so many that there ever were, as far as they are kept. @param {number} arrived */
  since(arrived) {
    const first = Math.max(arrived, this.before, this.arrived - MAX)
    return Array.from({ length: this.arrived - first }, (_, i) => this.ring[(first + i) % MAX])
  }

  /** How many of this call are kept no more. */
  get dropped() {
    return Math.max(0, this.arrived - this.before - MAX)
  }

  /**
   * When what has a number was said, and how long it took until the server had it.
   * @param {Way} way
   * @param {string} event
   * @param {any[]} data
   * @param {number} at
   */
  #time(way, event, data, at) {
    if (way === "up") {
      const n = event === "audio" ? data[0] : data[0]?.n
      if (n > 0) this.sent[n % SENT] = at
    } else if (event === "ack")
      this.trips.put(at, Math.max(1, Math.min(65535, Math.round(at - this.sent[data[0] % SENT]))))
  }

  /** @param {"up" | "down"} direction @param {any[]} data @param {number} at */
  #sound(direction, data, at) {
    const up = direction === "up"
    const base64 = up ? data[1] : data[2]
    const entry = this.#run(up ? "voice" : "audio", direction, "audio", at, up ? "" : data[1])
    entry.bytes += base64.length * BYTES
  }

  /** @param {string} kind @param {Way} direction @param {string} type @param {number} at @param {string} item */
  #run(kind, direction, type, at, item) {
    const run = this.runs.get(kind)
    if (run && run.item === item && at - run.end < GAP_MS && run.id > this.arrived - MAX) {
      run.end = at
      run.times++
      return run
    }
    const entry = this.#add(direction, type, at, item)
    this.runs.set(kind, entry)
    return entry
  }

  /** @param {Way} direction @param {string} type @param {number} at @param {string} item */
  #add(direction, type, at, item) {
    const place = this.arrived % MAX
    const entry = new LogEntry(++this.arrived, direction, type, at, item)
    if (this.ring[place]) this.#empty(this.ring[place])
    this.ring[place] = entry
    return entry
  }

  /** @param {LogEntry} entry @param {unknown[]} content */
  #hold(entry, content) {
    const size = sizeOf(content)
    entry.bytes += size
    this.#empty(entry)
    if (size > MAX_ONE) return
    entry.content = content
    entry.size = size
    this.kept += size
    this.emptied = Math.max(this.emptied, this.arrived - MAX)
    while (this.kept > MAX_CONTENT && this.emptied < this.arrived) this.#empty(this.ring[this.emptied++ % MAX])
  }

  /** @param {LogEntry} entry */
  #empty(entry) {
    this.kept -= entry.size
    entry.size = 0
    entry.content = null
  }
}

/** Whether many of these are one entry. @param {string} event @param {any} said */
function folds(event, said) {
  return FOLDED.includes(event) && (event !== "transcript" || said.delta !== undefined)
}

/** As JSON, without what nobody else may have. @param {unknown} content */
export function told(content) {
  return JSON.stringify(content, (name, value) => name === SECRET && value ? "(left out)" : value)
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === "object" && value !== null
}

/** About as many characters as its JSON has. @param {unknown} value @returns {number} */
function sizeOf(value) {
  if (typeof value === "string") return value.length + 2
  if (!isObject(value)) return 5
  let size = 2
  for (const name in value) size += sizeOf(value[name]) + (Array.isArray(value) ? 1 : name.length + 4)
  return size
}
