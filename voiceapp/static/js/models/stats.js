// What `window.voiceapp.stats()` answers: counters of the page since it was opened (where not said otherwise), for
// tests and tools. Stable.

import { samplesIn } from "../audio/pcm.js"
import { LatencyTracker } from "./latency.js"

/**
 * @typedef {object} Snapshot
 * @property {string} phase as in `data-phase`
 * @property {string} turn as in `data-turn`
 * @property {boolean} muted the microphone sends nothing
 * @property {number} deviceRate sample rate of the audio device, 0 before the first call
 * @property {number} outputLatencyMs what the device holds back, as the browser tells it
 * @property {number} chunksSent chunks of the microphone's sound that were sent
 * @property {number} chunksDropped chunks not sent: no connection, or too much unconfirmed
 * @property {number} chunksAcked the last number the server confirmed in this call
 * @property {number} resumes how often a call was come back to
 * @property {number} lateMs milliseconds of sound that went up late, since the line was away
 * @property {number} leftOutMs of sound that was not sent at all for that
 * @property {number} duplicates events that came twice, and were ignored
 * @property {number} holes events that never came
 * @property {number} chunksReceived chunks of the assistant's sound that came
 * @property {Record<string, number>} msHeard milliseconds heard of each item of this call
 * @property {number} msHeardTotal
 * @property {number} samplesPlayed 24 kHz samples that left the playback worklet
 * @property {number} underruns times the sound ran out in the middle of an item
 * @property {number[]} holds times an answer was held, and times that was over
 * @property {number} playedRms how loud the last 50 ms of playback were, 0 to 1
 * @property {number} playedPeakRms the loudest of these
 * @property {number} microphonePeak the loudest sample of the last 100 ms, 0 to 1
 * @property {boolean} talking the push-to-talk key is down
 * @property {{judgement: string, gain: number, delay: number | null}} guard against the assistant's echo: what it
 *   judges now; when it last
 *   changed its mind, the echo's level in the microphone relative to the playback's, in decibels, and its delay in
 *   hundredths of a second
 * @property {Record<string, number>} judgements how often each was come to
 * @property {number | null} lastReplyMs from the end of the user's speech (`turn: thinking`) to the first sample played
 * @property {import("./latency.js").Latency[]} latencies how long the last answers took, oldest first, at most 50;
 *   their fields: latency.js
 */

export class Stats {
  chunksSent = 0
  chunksDropped = 0
  chunksAcked = 0
  chunksReceived = 0
  resumes = 0
  underruns = 0
  /** How often an answer was held, and how often that was over. */
  holds = [0, 0]
  playedRms = 0
  playedPeakRms = 0
  microphonePeak = 0
  guard = { judgement: "idle", gain: 0, delay: /** @type {number | null} */ (null) }
  /** @type {Record<string, number>} */
  judgements = {}
  deviceRate = 0
  outputLatencyMs = 0
  /** @type {number | null} */
  lastReplyMs = null
  /** @type {number | null} */
  askedAt = null
  /** @type {Map<string, number>} */
  played = new Map()
  /** @type {Map<string, number>} */
  heard = new Map()

  /** Of the calls before this one. */
  earlier = { played: 0, heard: 0 }
  /** Milliseconds of this one's items that were played before it was told anew. */
  before = 0

  /**
   * @param {() => number} now milliseconds
   * @param {{latencyMeasured: (latency: import("./latency.js").Latency) => void}} [delegate]
   */
  constructor(now, delegate = { latencyMeasured() {} }) {
    this.now = now
    this.latencies = new LatencyTracker(now, delegate)
  }

  callBegan() {
    this.restart([])
    this.chunksAcked = 0
    this.askedAt = null
    this.latencies.callBegan()
  }

  /** The call is told anew. @param {[string, number][]} before milliseconds heard of items whose sound goes on */
  restart(before) {
    this.earlier = { played: this.#playedMs, heard: this.#heardMs }
    this.played = new Map(before)
    this.heard = new Map(before)
    this.before = sum(this.heard)
  }

  get #playedMs() {
    return this.earlier.played + sum(this.played) - this.before
  }

  get #heardMs() {
    return this.earlier.heard + sum(this.heard) - this.before
  }

  /** @param {import("../wire.js").TurnState} turn */
  turnChanged(turn) {
    this.latencies.turnChanged(turn)
    if (turn === "thinking") this.askedAt = this.now()
  }

  /** @param {string} item */
  soundArrived(item) {
    this.chunksReceived++
    this.latencies.soundArrived(item)
  }

  /** @param {string} item */
  playbackStarted(item) {
    this.latencies.playbackStarted(item)
    if (this.askedAt === null) return
    this.lastReplyMs = Math.round(this.now() - this.askedAt)
    this.askedAt = null
  }

  /**
   * @param {string} item
   * @param {number} playedMs
   * @param {number} heardMs
   */
  playbackMoved(item, playedMs, heardMs) {
    this.played.set(item, playedMs)
    this.heard.set(item, heardMs)
  }

  /** @param {boolean} on */
  holdAsked(on) {
    this.holds[on ? 0 : 1]++
  }

  /** @param {number} rms */
  levelMeasured(rms) {
    this.playedRms = rms
    this.playedPeakRms = Math.max(this.playedPeakRms, rms)
  }

  /** @param {import("../audio/microphone.js").Judged} judged */
  speechJudged(judged) {
    this.guard = judged
    this.judgements[judged.judgement] = (this.judgements[judged.judgement] ?? 0) + 1
  }

  /**
   * @param {{phase: string, turn: string}} callState
   * @param {boolean} muted
   * @param {boolean} [talking]
   * @param {{lateMs: number, leftOutMs: number, duplicates: number, holes: number}} [line]
   * @returns {Snapshot}
   */
  snapshot({ phase, turn }, muted, talking = false, line = { lateMs: 0, leftOutMs: 0, duplicates: 0, holes: 0 }) {
    const {
      chunksSent, chunksDropped, chunksAcked, chunksReceived, underruns, lastReplyMs, deviceRate, outputLatencyMs,
      playedRms, playedPeakRms, microphonePeak, guard, judgements, resumes
    } = this
    return {
      phase, turn, muted, talking, deviceRate, outputLatencyMs, microphonePeak, guard, judgements: { ...judgements },
      chunksSent, chunksDropped, chunksAcked, chunksReceived, underruns, lastReplyMs, playedRms, playedPeakRms,
      resumes, ...line, holds: [...this.holds],
      latencies: [...this.latencies.last],
      msHeard: Object.fromEntries(this.heard),
      msHeardTotal: this.#heardMs,
      samplesPlayed: samplesIn(this.#playedMs)
    }
  }
}

/** @param {Map<string, number>} numbers */
function sum(numbers) {
  return [...numbers.values()].reduce((total, number) => total + number, 0)
}
