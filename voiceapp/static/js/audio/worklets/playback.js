// The loudspeaker's side of the audio thread: PCM16 chunks in, sound out, every played sample counted.
//
// Takes {type: "append", item, pcm}, {type: "complete", item}, {type: "flush", item}, {type: "clear", before},
// {type: "hold"} and {type: "goOn"}.
// Posts {type: "started" | "underran", item}, {type: "ended" | "flushed" | "held", item, ms}, {type: "cleared"} and,
// while it plays, {type: "position", item, ms, rms}: what left for the device so far, and how loud it was since the
// last report.

import { PlaybackQueue } from "../playback-queue.js"

const POSITION_EVERY = 0.05

/**
 * @typedef {{type: "append", item: string, pcm: Int16Array} | {type: "complete" | "flush", item: string} |
 *   {type: "hold" | "goOn"} |
 *   {type: "clear", before: [string, number][]}} PlaybackMessage
 */

class PlaybackProcessor extends AudioWorkletProcessor {
  queue = new PlaybackQueue(sampleRate, this)
  sinceReport = 0
  energy = 0

  constructor() {
    super()
    this.port.onmessage = ({ data }) => this.messageReceived(data)
  }

  /** @param {PlaybackMessage} message */
  messageReceived(message) {
    if (message.type === "append") this.queue.append(message.item, message.pcm)
    if (message.type === "complete") this.queue.complete(message.item)
    if (message.type === "flush") this.queue.flush(message.item)
    if (message.type === "hold") this.queue.hold()
    if (message.type === "goOn") this.queue.goOn()
    if (message.type === "clear") this.#clear(message.before)
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, [channels]) {
    const [first, ...others] = channels
    this.queue.render(first)
    for (const other of others) other.set(first)
    if (this.queue.advances) this.#measure(first)
    return true
  }

  // Playback queue delegate

  /** @param {string} item */
  itemStarted(item) {
    this.port.postMessage({ type: "started", item })
  }

  /** @param {string} item */
  itemUnderran(item) {
    this.#report()
    this.port.postMessage({ type: "underran", item })
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  itemEnded(item, ms) {
    this.port.postMessage({ type: "ended", item, ms })
    this.#forget()
  }

  /**
   * @param {string} item
   * @param {number} ms
   */
  itemFlushed(item, ms) {
    this.port.postMessage({ type: "flushed", item, ms })
    this.#forget()
  }

  /** @param {string} item @param {number} ms */
  itemHeld(item, ms) {
    this.port.postMessage({ type: "held", item, ms })
    this.#forget()
  }

  /** @param {Float32Array} samples */
  #measure(samples) {
    for (const sample of samples) this.energy += sample * sample
    this.sinceReport += samples.length
    if (this.sinceReport >= POSITION_EVERY * sampleRate) this.#report()
  }

  #report() {
    const track = this.queue.current
    if (!track || !this.sinceReport) return
    const rms = Math.sqrt(this.energy / this.sinceReport)
    this.port.postMessage({ type: "position", item: track.item, ms: track.playedMs, rms })
    this.#forget()
  }

  /** What was reported before it is of sound that nobody counts any more. @param {[string, number][]} before */
  #clear(before) {
    this.queue.clear(before)
    this.#forget()
    this.port.postMessage({ type: "cleared" })
  }

  #forget() {
    this.sinceReport = 0
    this.energy = 0
  }
}

registerProcessor("playback", PlaybackProcessor)
