// Draws the lanes of the timeline.

import { TimeWindow, mark, stepOf } from "../models/timeline.js"

const LANES = 7
const AXIS_REM = 1.25
/** Of a way to the server that fills its lane. */
const SLOW_MS = 500
const MARK_PX = 70
const COLOURS = ["ink", "quiet", "line", "you", "assistant", "warn", "fatal", "card"]
/** @type {Record<string, string>} of a state; the others are those in which nobody speaks */
const OF_STATE = {
  user: "you", pause: "you", assistant: "assistant", thinking: "warn", tool: "warn", reconnecting: "fatal"
}

/** @typedef {import("../models/timeline.js").Span} Span */
/**
 * @typedef {object} Scene
 * @property {import("../models/timeline.js").TimeWindow} window
 * @property {import("../models/timeline.js").Lanes} lanes
 * @property {import("../models/call-log.js").LogEntry[]} entries
 * @property {import("../wire.js").LogLine[]} model
 * @property {number} skew
 * @property {import("../models/call-log.js").Measured} levels
 * @property {import("../models/call-log.js").Measured} trips
 * @property {number | null} chosen
 */

export class TimelineBrush {
  laneHeight = 22
  axisHeight = 20
  width = 0
  height = 0
  window = new TimeWindow()
  /** @type {Record<string, string>} */
  colours = {}

  /** @param {HTMLCanvasElement} canvas @param {import("../browser/i18n.js").Words} words */
  constructor(canvas, words) {
    this.canvas = canvas
    this.words = words
    this.brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.#fit()
    const { brush, width } = this
    brush.clearRect(0, 0, width, this.height)
    this.window = scene.window
    this.#axis()
    this.#turns(scene.lanes.turns)
    this.#levels(scene.levels)
    this.#spans(scene.lanes.came, 2, "assistant", 0.8, 0.12)
    this.#spans(scene.lanes.heard, 2, "assistant", 0.25, 0.45)
    for (const span of scene.lanes.tools) this.#block(span, 3, "warn", span.kind)
    this.#network(scene)
    for (const { at, direction, type } of scene.entries) this.#tick(at, 5, colourOf(direction, type))
    this.#model(scene)
    if (scene.chosen !== null) this.#cursor(scene.chosen)
  }

  #fit() {
    const { canvas, brush } = this
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    this.axisHeight = AXIS_REM * rem
    this.width = canvas.clientWidth
    this.height = canvas.clientHeight
    this.laneHeight = (this.height - this.axisHeight) / LANES
    const [width, height] = [this.width, this.height].map(size => Math.round(size * devicePixelRatio))
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    brush.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    brush.font = `${0.6875 * rem}px ${getComputedStyle(canvas).fontFamily}`
    brush.textBaseline = "middle"
    const style = getComputedStyle(canvas)
    const forced = matchMedia("(forced-colors: active)").matches
    for (const name of COLOURS)
      this.colours[name] = forced ? name === "card" ? "Canvas" : "CanvasText" : style.getPropertyValue(`--${name}`)
  }

  /** @param {number} at */
  #x(at) {
    const { from, span } = this.window
    return (at - from) / span * this.width
  }

  /** @param {number} x */
  #at(x) {
    const { from, span } = this.window
    return from + x / this.width * span
  }

  #axis() {
    const { brush, colours, width, height } = this
    const { from, to, span } = this.window
    const step = stepOf(span, Math.max(2, width / MARK_PX))
    for (let lane = 1; lane <= LANES; lane++) this.#line(0, lane * this.laneHeight, width, 1, colours.line)
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = this.#x(at)
      this.#line(x, 0, 1, LANES * this.laneHeight, colours.line)
      const text = mark(at, step)
      brush.fillStyle = colours.quiet
      const room = brush.measureText(text).width
      brush.fillText(text, Math.max(0, Math.min(width - room, x - room / 2)), height - this.axisHeight / 2)
    }
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} colour */
  #line(x, y, width, height, colour) {
    this.brush.fillStyle = colour
    this.brush.fillRect(x, y, width, height)
  }

  /** @param {Span[]} turns */
  #turns(turns) {
    for (const span of turns) {
      if (span.kind === "idle" || span.kind === "ended") continue
      this.#block(span, 0, OF_STATE[span.kind] ?? "line", this.words.say(`status.${span.kind}`))
    }
  }

  /**
   * With its words where they fit.
   * @param {Span} span
   * @param {number} lane
   * @param {string} colour
   * @param {string} text
   */
  #block({ from, to, kind }, lane, colour, text) {
    const { brush, colours, laneHeight } = this
    const left = Math.max(-4, this.#x(from))
    const right = Math.min(this.width + 4, this.#x(to))
    if (right < 0 || left > this.width) return
    const width = Math.max(2, right - left - 1)
    brush.fillStyle = colours[colour]
    brush.globalAlpha = kind === "pause" ? 0.45 : 1
    brush.beginPath()
    brush.roundRect(left, lane * laneHeight + 3, width, laneHeight - 5, Math.min(4, width / 2))
    brush.fill()
    brush.globalAlpha = 1
    const start = Math.max(2, left + 5)
    if (brush.measureText(text).width > right - start - 5) return
    brush.fillStyle = colour === "line" ? colours.ink : colours.card
    brush.fillText(text, start, (lane + 0.5) * laneHeight + 1)
  }

  /** @param {import("../models/call-log.js").Measured} levels */
  #levels(levels) {
    const { colours, laneHeight, width } = this
    for (let x = 0; x < width; x += 2) {
      const level = levels.most(this.#at(x), this.#at(x + 2))
      // Quiet speech is to be seen too.
      const height = level ? Math.max(1, Math.sqrt(level / 255) * (laneHeight - 4)) : 0
      if (height) this.#line(x, 1.5 * laneHeight - height / 2, 1.5, height, colours.you)
    }
  }

  /**
   * @param {{from: number, to: number}[]} spans
   * @param {number} lane
   * @param {string} colour
   * @param {number} top of the lane's height
   * @param {number} height
   */
  #spans(spans, lane, colour, top, height) {
    for (const { from, to } of spans) {
      const left = this.#x(from)
      this.#line(
        left, (lane + top) * this.laneHeight, Math.max(1.5, this.#x(to) - left), height * this.laneHeight,
        this.colours[colour]
      )
    }
  }

  /** @param {Scene} scene */
  #network({ lanes, trips }) {
    const { colours, laneHeight, width } = this
    for (let x = 0; x < width; x += 3) {
      const ms = trips.most(this.#at(x), this.#at(x + 3))
      const height = Math.min(1, ms / SLOW_MS) * (laneHeight - 4)
      if (ms) this.#line(x, 5 * laneHeight - 1 - Math.max(1, height), 2, Math.max(1, height), colours.quiet)
    }
    for (const span of lanes.away) this.#block(span, 4, "fatal", "×")
  }

  /** Of many in one place one is drawn. @param {Scene} scene */
  #model({ model, skew }) {
    let last = -1
    for (const { at, until = at, direction } of model) {
      const up = direction === "up"
      const colour = up ? "you" : "assistant"
      const from = at + skew
      const x = Math.round(this.#x(from))
      if (until > at) this.#spans([{ from, to: until + skew }], 6, colour, up ? 0.3 : 0.6, 0.1)
      else if (x !== last) this.#tick(from, 6, colour)
      last = x
    }
  }

  /** @param {number} at @param {number} lane @param {string} colour */
  #tick(at, lane, colour) {
    const x = this.#x(at)
    if (x < -2 || x > this.width + 2) return
    const tall = colour === "fatal" || colour === "warn"
    const height = this.laneHeight * (tall ? 0.8 : 0.55)
    this.#line(x - 0.75, (lane + 0.5) * this.laneHeight - height / 2, 1.5, height, this.colours[colour])
  }

  /** @param {number} at */
  #cursor(at) {
    const x = Math.round(this.#x(at))
    this.#line(x - 1, 0, 2, LANES * this.laneHeight, this.colours.ink)
    this.brush.beginPath()
    this.brush.arc(x, LANES * this.laneHeight, 4, 0, 7)
    this.brush.fill()
  }
}

/** @param {string} direction @param {string} type */
function colourOf(direction, type) {
  if (type === "notice" || type === "line.lost" || type === "line.refused") return "fatal"
  if (type === "ended" || type === "flush") return "warn"
  return direction === "up" ? "you" : direction === "down" ? "assistant" : "quiet"
}
