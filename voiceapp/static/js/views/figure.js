// The figure in the middle of the stage: both voices as they sound. The person's stands around it in bars, the latest
// below, where it comes from; the assistant's swells from within, the latest above. Where nobody is heard stand the
// marks of the call's state. With reduced motion all stands still, and each voice is a meter.

import { FIGURES, LIVELY, STILL, swell } from "../models/figures.js"
import { Levels, SILENT } from "../audio/levels.js"

/** Of the radius: where each ring stands, how far a voice reaches from there, and how wide a mark is. */
const OUTER = { marks: 26, ring: 0.69, room: 0.27, mark: 0.034 }
const INNER = { marks: 18, ring: 0.45, room: 0.2, mark: 0.034 }
const METER_MARKS = 12
/** How often it is drawn: while something goes fast, and while nothing does. */
const FAST_MS = 30
const CALM_MS = 100
/** More of a screen's pixels nobody sees in what moves. */
const MAX_SCALE = 2

/** @typedef {typeof OUTER} Ring */
/** @typedef {{radius: number, colour: string, ring: Ring, levels: Levels, above: boolean}} Side */
/** @typedef {{microphone: () => AnalyserNode | null, assistant: () => AnalyserNode | null}} Sources */

export class Figure {
  microphone = new Levels()
  assistant = new Levels()
  frame = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** @type {import("../models/status.js").State} */
  state = "idle"
  /** @type {Sources | null} while sound is open */
  sources = null
  /** A voice was seen when it was last drawn. */
  seen = false

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    this.calm = matchMedia("(prefers-reduced-motion: reduce)")
    new ResizeObserver(() => this.#fit()).observe(canvas)
    for (const question of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
      matchMedia(question).addEventListener("change", () => this.#fit())
    new MutationObserver(() => this.#fit()).observe(document.documentElement, { attributeFilter: ["data-theme"] })
    document.addEventListener("visibilitychange", () => this.#go())
  }

  /** @param {Sources} sources */
  start(sources) {
    this.sources = sources
    this.#go()
  }

  stop() {
    this.sources = null
    this.microphone.clear()
    this.assistant.clear()
    this.#go()
  }

  /** @param {import("../models/status.js").State} state */
  show(state) {
    if (state === this.state) return
    this.state = state
    this.#go()
  }

  #go() {
    cancelAnimationFrame(this.frame)
    clearTimeout(this.timer)
    if (!document.hidden) this.#tick(performance.now(), true)
  }

  /** @param {number} now @param {boolean} [changed] */
  #tick(now, changed = false) {
    if (this.sources) this.#measure(this.sources, now)
    if (changed || this.seen || this.#alive) this.#draw(now)
    if (this.sources || this.#moving) this.#tickLater(this.#fast)
  }

  /** A frame that is asked for costs, also where nothing is drawn. @param {boolean} fast */
  #tickLater(fast) {
    this.timer = fast
      ? setTimeout(() => { this.frame = requestAnimationFrame(now => this.#tick(now)) }, FAST_MS)
      : setTimeout(() => this.#tick(performance.now()), CALM_MS)
  }

  /** @param {Sources} sources @param {number} now */
  #measure(sources, now) {
    this.microphone.measure(sources.microphone(), now)
    this.assistant.measure(sources.assistant(), now)
  }

  get #motions() {
    const { you, assistant } = FIGURES[this.state]
    return this.calm.matches ? [] : [you.motion, assistant.motion]
  }

  get #moving() {
    return this.#motions.some(motion => !STILL.has(motion))
  }

  get #alive() {
    return this.#moving || this.#heard
  }

  get #heard() {
    return this.microphone.heard || this.assistant.heard
  }

  get #fast() {
    return (this.#heard && !this.calm.matches) || this.#motions.some(motion => LIVELY.has(motion))
  }

  #fit() {
    const { clientWidth: size } = this.canvas
    if (size === 0) return
    const scale = Math.min(MAX_SCALE, devicePixelRatio)
    this.canvas.width = this.canvas.height = Math.round(size * scale)
    this.brush.setTransform(scale, 0, 0, scale, scale * size / 2, scale * size / 2)
    const style = getComputedStyle(this.canvas)
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name)
    this.rest = { still: colour("--wave-still"), lively: colour("--wave-lively") }
    /** @type {Record<"you" | "assistant", Side>} */
    this.sides = {
      you: { radius: size / 2, colour: colour("--you"), ring: OUTER, levels: this.microphone, above: false },
      assistant: { radius: size / 2, colour: colour("--assistant"), ring: INNER, levels: this.assistant, above: true }
    }
    this.#draw(performance.now())
  }

  /** @param {number} now */
  #draw(now) {
    if (!this.sides) return
    const { you, assistant } = this.sides
    const figure = FIGURES[this.state]
    const seconds = this.calm.matches ? 0 : now / 1000
    const fraction = this.calm.matches ? 0.5 : this.microphone.fraction(now)
    this.seen = this.#heard
    this.brush.clearRect(-you.radius, -you.radius, 2 * you.radius, 2 * you.radius)
    this.#drawMarks(assistant, figure.assistant, seconds)
    this.#drawMarks(you, figure.you, seconds)
    if (this.assistant.heard) this.#drawSwell(assistant, fraction)
    if (this.microphone.heard) this.#drawBars(you, fraction)
  }

  /** @param {Side} side @param {import("../models/figures.js").Figure} figure @param {number} seconds */
  #drawMarks(side, { mark, motion }, seconds) {
    const rest = /** @type {{still: string, lively: string}} */ (this.rest)
    const restColour = STILL.has(motion) && mark !== "ring" ? rest.still : rest.lively
    const silent = Array.from({ length: side.ring.marks }, (_, i) => ({ i, size: swell(motion, i, seconds) }))
      .filter(({ i, size }) => size >= 0 && this.#height(side, i) <= SILENT)
    for (const strong of [false, true]) {
      this.brush.beginPath()
      for (const { i, size } of silent) if (size > 0.02 === strong) MARKS[mark](this.brush, side, i, size)
      this.#stroke(side, strong ? side.colour : restColour, mark)
    }
  }

  /** @param {Side} side @param {string} colour @param {import("../models/figures.js").Mark} mark */
  #stroke({ radius, ring }, colour, mark) {
    this.brush.strokeStyle = colour
    this.brush.lineCap = mark === "line" || mark === "square" ? "butt" : "round"
    this.brush.lineWidth = radius * ring.mark * { dot: 1, ring: 0.3, square: 1.6, line: 0.5, none: 0 }[mark]
    this.brush.stroke()
  }

  /** @param {Side} side @param {number} fraction of a step since the latest level */
  #drawBars(side, fraction) {
    const { ring } = side
    this.brush.beginPath()
    for (let i = 0; i < ring.marks; i++) {
      const level = this.#height(side, i)
      if (level > SILENT) MARKS.dot(this.brush, side, i + fraction - 0.5, level * ring.room * faded(i, ring))
    }
    this.#stroke(side, side.colour, "dot")
  }

  /**
   * One shape around the middle, through the tops of what would be bars.
   * @param {Side} side
   * @param {number} fraction
   */
  #drawSwell(side, fraction) {
    const { ring: { marks, ring, room }, radius } = side
    const top = (/** @type {number} */ i) => radius * (ring + room * this.#height(side, i) * faded(i, side.ring))
    const angle = (/** @type {number} */ i) => Math.PI * (i === 0 ? 0 : Math.min(marks, i + fraction)) / marks
    // Down on one side, and up on the other.
    const points = Array.from({ length: 2 * marks }, (_, n) => {
      const i = n <= marks ? n : 2 * marks - n
      return { x: (n <= marks ? 1 : -1) * Math.sin(angle(i)) * top(i), y: -Math.cos(angle(i)) * top(i) }
    })
    this.brush.beginPath()
    points.forEach(({ x, y }, n) => {
      const next = points[(n + 1) % points.length]
      if (n === 0) this.brush.moveTo((x + points[points.length - 1].x) / 2, (y + points[points.length - 1].y) / 2)
      this.brush.quadraticCurveTo(x, y, (x + next.x) / 2, (y + next.y) / 2)
    })
    this.brush.fillStyle = side.colour
    this.brush.fill()
  }

  /** @param {Side} side @param {number} i from where it comes in */
  #height({ levels, ring }, i) {
    if (!this.calm.matches) return levels.at(i)
    const marks = Math.min(METER_MARKS, ring.marks)
    return Number(i < marks && levels.steady * marks > i) / 2
  }
}

/** What is older is smaller, and joins at the other end. @param {number} i @param {Ring} ring */
function faded(i, { marks }) {
  return 1 - (i / marks) ** 2
}

/**
 * On both sides alike.
 * @param {Side} side
 * @param {number} i from where the voice comes in
 * @param {(x: number, y: number, angle: number) => void} draw `x`, `y`: of length 1, outward; `angle`: from the x axis
 */
function both({ ring, above }, i, draw) {
  const turned = Math.PI * (i + 0.5) / ring.marks
  for (const side of [-1, 1]) {
    const [x, y] = [side * Math.sin(turned), (above ? -1 : 1) * Math.cos(turned)]
    draw(x, y, Math.atan2(y, x))
  }
}

/** @typedef {(brush: CanvasRenderingContext2D, side: Side, i: number, size: number) => void} Draw */

/** @type {Record<import("../models/figures.js").Mark, Draw>} */
const MARKS = {
  none: () => {},
  // A line of no length is none.
  dot: (brush, side, i, size) => both(side, i, (x, y) => {
    const [from, to] = [side.radius * side.ring.ring, side.radius * (side.ring.ring + Math.max(0.001, size * 0.5))]
    brush.moveTo(x * from, y * from)
    brush.lineTo(x * to, y * to)
  }),
  // Every second one: with the middle between two of them.
  ring: (brush, side, i) => both(side, i + 0.5, (x, y) => {
    const [at, size] = [side.radius * side.ring.ring, side.radius * side.ring.mark]
    brush.moveTo(x * at + size, y * at)
    brush.arc(x * at, y * at, size, 0, 2 * Math.PI)
  }),
  square: (brush, side, i, size) => both(side, i, (x, y) => {
    const [middle, half] = [side.radius * side.ring.ring, side.radius * (side.ring.mark * 0.8 + size * 0.2)]
    brush.moveTo(x * (middle - half), y * (middle - half))
    brush.lineTo(x * (middle + half), y * (middle + half))
  }),
  line: (brush, side, i) => both(side, i, (x, y, angle) => {
    const [at, half] = [side.radius * side.ring.ring, Math.PI / side.ring.marks / 1.9]
    brush.moveTo(at * Math.cos(angle - half), at * Math.sin(angle - half))
    brush.arc(0, 0, at, angle - half, angle + half)
  })
}
