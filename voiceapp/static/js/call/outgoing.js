// What of the microphone's sound goes up, and what is said when some of it cannot.

import { msOf, samplesIn } from "../audio/pcm.js"
import { MicrophoneGate } from "../audio/microphone-gate.js"
import { FirstWords } from "./first-words.js"

/** Of silence in place of a microphone that is gone, in one go: as much as may be on its way. */
const TRAIL_MS = 1400
const STEP_MS = 100
/** How much sound must go up without a loss before the notice of a loss goes away. */
const WHOLE_MS = 3000

export class Outgoing {
  gate = new MicrophoneGate()
  firstWords = new FirstWords()
  /** Of the sound that must still go up without a loss. */
  wantedMs = 0

  /**
   * @param {Pick<import("./uplink.js").Uplink, "live" | "sendSound" | "sendFirst">} uplink
   * @param {import("../models/stats.js").Stats} stats
   * @param {{add: (trouble: {code: string}) => void, over: (end: "soundThrough") => void}} notices
   */
  constructor(uplink, stats, notices) {
    this.uplink = uplink
    this.stats = stats
    this.notices = notices
  }

  /** A new call. @param {boolean} muted */
  reset(muted) {
    this.gate = new MicrophoneGate()
    this.gate.muted = muted
    this.firstWords.drop()
    this.wantedMs = 0
  }

  /** By the person: what they said before the call was live is not sent then. @param {boolean} muted */
  mute(muted) {
    this.gate.mute(muted)
    if (muted) this.firstWords.drop()
  }

  /** The call is live: what was said before goes up, and is what this tells; so many milliseconds of it do not. */
  sendFirst() {
    const { leftOutMs } = this.firstWords
    const chunks = this.firstWords.takeOver()
    this.uplink.sendFirst(chunks)
    this.stats.chunksSent += chunks.length
    return { chunks, leftOutMs }
  }

  /** What of it went up, or will, or nothing. @param {Int16Array} pcm */
  take(pcm) {
    const block = this.gate.pass(pcm)
    if (!block) return null
    if (this.firstWords.open) {
      this.firstWords.take(block)
      return null
    }
    const sent = this.uplink.sendSound(block)
    sent ? this.#sent(msOf(block.length)) : this.#dropped()
    return sent ? block : null
  }

  /** Silence, so that the turn ends, where no microphone is left to be silent. */
  trail() {
    for (let ms = 0; ms < TRAIL_MS; ms += STEP_MS) this.uplink.sendSound(new Int16Array(samplesIn(STEP_MS)))
  }

  /** @param {number} ms */
  #sent(ms) {
    this.stats.chunksSent++
    if (this.wantedMs > 0 && (this.wantedMs -= ms) <= 0) this.notices.over("soundThrough")
  }

  #dropped() {
    this.stats.chunksDropped++
    if (!this.uplink.live) return
    if (this.wantedMs <= 0) this.notices.add({ code: "sound_dropped" })
    this.wantedMs = WHOLE_MS
  }
}
