// The stage: both voices as they sound, the latest in the middle. The person's runs to the left in bars, the
// assistant's to
// the right in a ribbon; where nobody is heard stand the marks of the call's state. With reduced motion all stands
// still,
// and each voice is a meter.

import { FIGURES, LIVELY, STILL, swell } from "../models/figures.js"
import { Levels, SILENT } from "../audio/levels.js"

/** In rem, so that they grow with the text. */
const BAR = 3 / 16
const STEP = 6 / 16
const METER_BARS = 12
/** How often it is drawn while nothing goes fast. */
const CALM_MS = 80

/**
 * @typedef {{width: number, height: number, gap: number, bar: number, step: number, bars: number}} Size in CSS pixels
 */
/** @typedef {{side: 1 | -1, colour: string, fraction: number}} Place `fraction` of a step since the latest bar */
/** @typedef {{microphone: () => AnalyserNode | null, assistant: () => AnalyserNode | null}} Sources */

export class Waveform {
  microphone = new Levels()
  assistant = new Levels()
  frame = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** @type {import("../models/status.js").State} */
  state = "idle"
  /** @type {Sources | null} while sound is open */
  sources = null

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
    this.#halt()
    if (!document.hidden) this.#tick(performance.now())
  }

  #halt() {
    cancelAnimationFrame(this.frame)
    clearTimeout(this.timer)
  }

  /** @param {number} now */
  #tick(now) {
    if (this.sources) this.#measure(this.sources, now)
    this.#draw(now)
    if (this.#smooth) this.frame = requestAnimationFrame(time => this.#tick(time))
    else if (this.sources || this.#moving) this.timer = setTimeout(() => this.#tick(performance.now()), CALM_MS)
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

  get #smooth() {
    const heard = this.microphone.heard || this.assistant.heard
    return (heard && !this.calm.matches) || this.#motions.some(motion => LIVELY.has(motion))
  }

  #fit() {
    const { clientWidth, clientHeight } = this.canvas
    const scale = devicePixelRatio
    this.canvas.width = Math.round(clientWidth * scale)
    this.canvas.height = Math.round(clientHeight * scale)
    this.brush.setTransform(scale, 0, 0, scale, 0, 0)
    const style = getComputedStyle(this.canvas)
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const gap = rem * parseFloat(style.getPropertyValue("--wave-gap"))
    const room = Math.max(0, Math.ceil((clientWidth / 2 - gap) / (STEP * rem)))
    this.size = { width: clientWidth, height: clientHeight, gap, bar: BAR * rem, step: STEP * rem, bars: room }
    this.colours = {
      you: style.getPropertyValue("--you"), assistant: style.getPropertyValue("--assistant"),
      still: style.getPropertyValue("--wave-still"), lively: style.getPropertyValue("--wave-lively")
    }
    this.#draw(performance.now())
  }

  /** @param {number} now */
  #draw(now) {
    if (!this.size || !this.colours) return
    const { you, assistant } = this.colours
    const fraction = this.calm.matches ? 0.5 : this.microphone.fraction(now)
    const seconds = this.calm.matches ? 0 : now / 1000
    this.brush.clearRect(0, 0, this.size.width, this.size.height)
    this.#drawMarks({ side: -1, colour: you, fraction: 0.5 }, FIGURES[this.state].you, this.microphone, seconds)
    this.#drawMarks(
      { side: 1, colour: assistant, fraction: 0.5 }, FIGURES[this.state].assistant, this.assistant, seconds
    )
    if (this.microphone.heard) this.#drawBars({ side: -1, colour: you, fraction }, this.microphone)
    if (this.assistant.heard) this.#drawRibbon({ side: 1, colour: assistant, fraction }, this.assistant)
  }

  /**
   * @param {Place} place
   * @param {import("../models/figures.js").Figure} figure
   * @param {Levels} levels
   * @param {number} seconds
   */
  #drawMarks({ side, colour, fraction }, { mark, motion }, levels, seconds) {
    const { height, bar } = /** @type {Size} */ (this.size)
    const restColour = this.colours?.[STILL.has(motion) && mark !== "ring" ? "still" : "lively"] ?? colour
    for (const i of this.#silent(levels)) {
      const size = swell(motion, i, seconds)
      if (size < 0) continue
      this.brush.globalAlpha = this.#alpha(i)
      this.brush.fillStyle = this.brush.strokeStyle = size > 0.02 ? colour : restColour
      this.#mark(mark, this.#x(side, i + fraction), Math.max(bar, size * height))
    }
  }

  /** Where no voice is to be seen, from the middle. @param {Levels} levels */
  #silent(levels) {
    return Array.from({ length: this.size?.bars ?? 0 }, (_, i) => i).filter(i => this.#height(levels, i) <= SILENT)
  }

  /**
   * @param {import("../models/figures.js").Mark} mark
   * @param {number} x
   * @param {number} tall
   */
  #mark(mark, x, tall) {
    const { height, bar, step } = /** @type {Size} */ (this.size)
    const { brush } = this
    const wide = { dot: bar, ring: bar * 1.7, square: bar * 1.5, line: step + 0.5, none: 0 }[mark]
    const high = { dot: tall, ring: bar * 1.7, square: Math.max(bar * 1.5, tall), line: bar / 2, none: 0 }[mark]
    brush.beginPath()
    brush.roundRect(
      x - wide / 2, (height - high) / 2, wide, high, { dot: bar / 2, ring: bar, square: 0, line: 0, none: 0 }[mark]
    )
    mark === "ring" ? brush.stroke() : brush.fill()
  }

  /** @param {Place} place @param {Levels} levels */
  #drawBars({ side, colour, fraction }, levels) {
    const { bars, height, bar } = /** @type {Size} */ (this.size)
    const { brush } = this
    brush.fillStyle = colour
    for (let i = 0; i < bars; i++) {
      const level = this.#height(levels, i)
      if (level <= SILENT) continue
      const tall = Math.max(bar, level * height * 0.92)
      brush.globalAlpha = this.#alpha(i)
      brush.beginPath()
      brush.roundRect(this.#x(side, i + fraction) - bar / 2, (height - tall) / 2, bar, tall, bar / 2)
      brush.fill()
    }
  }

  /**
   * One shape, mirrored in the middle line, through the tops of what would be bars.
   * @param {Place} place
   * @param {Levels} levels
   */
  #drawRibbon({ side, colour, fraction }, levels) {
    const { bars, height, width } = /** @type {Size} */ (this.size)
    const { brush } = this
    const fade = brush.createLinearGradient(this.#x(side, 0), 0, side > 0 ? width : 0, 0)
    // A gradient does not know the page's system colours; the brush does, and tells.
    brush.fillStyle = colour
    fade.addColorStop(0.6, brush.fillStyle)
    fade.addColorStop(1, "transparent")
    const tops = Array.from(
      { length: bars + 1 },
      (_, i) => ({ x: this.#x(side, i === 0 ? 0 : i + fraction), y: this.#height(levels, i) * height * 0.46 })
    )
    brush.globalAlpha = 1
    brush.fillStyle = fade
    brush.beginPath()
    brush.moveTo(tops[0].x, height / 2)
    for (const sign of [-1, 1]) this.#trace(sign < 0 ? tops : [...tops].reverse(), sign)
    brush.fill()
  }

  /** @param {{x: number, y: number}[]} tops @param {number} sign */
  #trace(tops, sign) {
    const middle = /** @type {Size} */ (this.size).height / 2
    for (let i = 0; i < tops.length - 1; i++) {
      const { x, y } = tops[i]
      this.brush.quadraticCurveTo(
        x, middle + sign * y, (x + tops[i + 1].x) / 2, middle + sign * (y + tops[i + 1].y) / 2
      )
    }
    const last = tops[tops.length - 1]
    this.brush.lineTo(last.x, middle + sign * last.y)
  }

  /** @param {Levels} levels @param {number} i from the middle */
  #height(levels, i) {
    if (!this.calm.matches) return levels.at(i)
    const bars = Math.min(METER_BARS, this.size?.bars ?? 0)
    return Number(i < bars && levels.steady * bars > i) / 2
  }

  /** @param {1 | -1} side @param {number} steps from the middle */
  #x(side, steps) {
    const { width, gap, step } = /** @type {Size} */ (this.size)
    return width / 2 + side * (gap + steps * step)
  }

  /** Fades towards the outer edge. @param {number} i */
  #alpha(i) {
    const { bars } = /** @type {Size} */ (this.size)
    return Math.min(1, (bars - i) / (bars * 0.35))
  }
}
