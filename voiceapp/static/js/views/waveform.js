// Both voices as they sound, the latest in the middle: the person's runs to the left, the assistant's to the right.
// With reduced motion each is a meter that stands still.

import { Levels } from "../levels.js"

/** In rem, so that they grow with the text. */
const BAR = 3 / 16
const STEP = 6 / 16
const METER_BARS = 12

/** @typedef {{width: number, height: number, gap: number, bar: number, step: number}} Size in CSS pixels */

export class Waveform {
  microphone = new Levels()
  assistant = new Levels()
  frame = 0
  started = false
  /** @type {{microphone: () => AnalyserNode | null, assistant: () => AnalyserNode | null}} */
  sources = { microphone: () => null, assistant: () => null }

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    this.calm = matchMedia("(prefers-reduced-motion: reduce)")
    this.dark = matchMedia("(prefers-color-scheme: dark)")
    new ResizeObserver(() => this.#fit()).observe(canvas)
    this.dark.addEventListener("change", () => this.#fit())
    new MutationObserver(() => this.#fit()).observe(document.documentElement, { attributeFilter: ["data-theme"] })
  }

  /** @param {{microphone: () => AnalyserNode | null, assistant: () => AnalyserNode | null}} sources */
  start(sources) {
    this.sources = sources
    if (this.started) return
    this.started = true
    this.#tick(performance.now())
  }

  stop() {
    this.started = false
    cancelAnimationFrame(this.frame)
    this.microphone.clear()
    this.assistant.clear()
    this.#draw(0)
  }

  /** @param {number} now */
  #tick(now) {
    this.microphone.measure(this.sources.microphone(), now)
    this.assistant.measure(this.sources.assistant(), now)
    this.#draw(this.microphone.fraction(now))
    if (this.started) this.frame = requestAnimationFrame(time => this.#tick(time))
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
    this.size = { width: clientWidth, height: clientHeight, gap, bar: BAR * rem, step: STEP * rem }
    this.colours = { microphone: style.getPropertyValue("--you"), assistant: style.getPropertyValue("--assistant"), still: style.getPropertyValue("--wave-still") }
    this.#draw(0)
  }

  /** @param {number} fraction of a step since the latest bar */
  #draw(fraction) {
    if (!this.size || !this.colours) return
    this.brush.clearRect(0, 0, this.size.width, this.size.height)
    this.#drawSide(-1, this.microphone, this.colours.microphone, fraction)
    this.#drawSide(1, this.assistant, this.colours.assistant, fraction)
  }

  /**
   * @param {1 | -1} side
   * @param {Levels} levels
   * @param {string} colour
   * @param {number} fraction
   */
  #drawSide(side, levels, colour, fraction) {
    const { width, gap, step } = /** @type {Size} */ (this.size)
    const room = Math.ceil((width / 2 - gap) / step)
    const bars = this.calm.matches ? Math.min(METER_BARS, room) : room
    for (let i = 0; i < bars; i++) this.#drawBar(side, i, bars, this.#height(levels, i, bars), colour, fraction)
  }

  /**
   * @param {Levels} levels
   * @param {number} i from the middle
   * @param {number} bars
   */
  #height(levels, i, bars) {
    return this.calm.matches ? Number(levels.steady * bars > i) / 2 : levels.at(i)
  }

  /**
   * @param {1 | -1} side
   * @param {number} i
   * @param {number} bars
   * @param {number} level
   * @param {string} colour
   * @param {number} fraction
   */
  #drawBar(side, i, bars, level, colour, fraction) {
    const { width, height, gap, bar, step } = /** @type {Size} */ (this.size)
    const { brush } = this
    const shift = this.calm.matches ? 0.5 : fraction
    const x = width / 2 + side * (gap + (i + shift) * step)
    const tall = Math.max(bar, level * height * 0.92)
    brush.globalAlpha = this.#alpha(i, bars)
    brush.fillStyle = level > 0.01 ? colour : this.colours?.still ?? colour
    brush.beginPath()
    brush.roundRect(x - bar / 2, (height - tall) / 2, bar, tall, bar / 2)
    brush.fill()
  }

  /** Fades towards the outer edge. @param {number} i @param {number} bars */
  #alpha(i, bars) {
    return Math.min(1, (bars - i) / (bars * 0.35))
  }
}
