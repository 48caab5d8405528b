// What is said before the call is live: kept from the moment the microphone is there, and sent when it can be. Of long
// silences only the edges are kept, so that what was said long before is not lost for them.

import { msOf, samplesIn, toFloat } from "../audio/pcm.js"

export const FIRST_MS = 15_000
/** Behind a voice, and before it. */
const BEHIND_MS = 600
const BEFORE_MS = 300
/** Less is a cough, or the press of the button. */
const SPOKEN_MS = 300
/** A voice is so many times as loud as the room, but at least and at most this counts as one. */
const ABOVE_ROOM = 3
const FAINTEST = 10 ** (-50 / 20)
const LOUDEST = 10 ** (-34 / 20)
/** As it is sent: few messages, and each as long as the wire takes. */
const CHUNK_MS = 200

export class FirstWords {
  /** It is listened to, though not yet by the server. */
  open = false
  /** @type {Int16Array[]} with a voice in them, and what is around it */
  kept = []
  keptMs = 0
  /** @type {Int16Array[]} the latest that is behind no voice */
  recent = []
  /** Since the last voice. */
  quietMs = Infinity
  voicedMs = 0
  leftOutMs = 0
  /** The faintest that was heard. */
  room = Infinity

  /** The microphone is there. */
  begin() {
    if (this.open) return
    this.drop()
    this.open = true
  }

  /** Nothing of it is sent. */
  drop() {
    Object.assign(this, {
      open: false, kept: [], keptMs: 0, recent: [], quietMs: Infinity, voicedMs: 0, leftOutMs: 0, room: Infinity
    })
  }

  /** Somebody spoke. */
  get spoken() {
    return this.voicedMs >= SPOKEN_MS
  }

  /** As much as would be sent. */
  get ms() {
    return this.keptMs + msIn(this.recent)
  }

  /** @param {Int16Array} pcm */
  take(pcm) {
    if (!this.open) return
    const ms = msOf(pcm.length)
    const voice = this.#isVoice(pcm)
    this.quietMs = voice ? 0 : this.quietMs + ms
    if (voice) this.voicedMs += ms
    if (this.quietMs > BEHIND_MS) return this.#remember(pcm)
    for (const block of [...this.recent, pcm]) this.#keep(block)
    this.recent = []
  }

  /** The call is live: all that was kept, in its order. */
  takeOver() {
    const all = concatenate([...this.kept, ...this.recent])
    this.drop()
    const step = samplesIn(CHUNK_MS)
    return Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all.slice(i * step, (i + 1) * step))
  }

  /** The oldest gives way. @param {Int16Array} pcm */
  #keep(pcm) {
    this.kept.push(pcm)
    this.keptMs += msOf(pcm.length)
    while (this.keptMs > FIRST_MS) {
      const ms = msIn(this.kept.splice(0, 1))
      this.keptMs -= ms
      this.leftOutMs += ms
    }
  }

  /** @param {Int16Array} pcm */
  #remember(pcm) {
    this.recent.push(pcm)
    while (msIn(this.recent) > BEFORE_MS) this.recent.shift()
  }

  /** @param {Int16Array} pcm */
  #isVoice(pcm) {
    const peak = toFloat(pcm.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0))
    this.room = Math.min(this.room, peak)
    return peak > Math.min(LOUDEST, Math.max(FAINTEST, ABOVE_ROOM * this.room))
  }
}

/** @param {Int16Array[]} blocks */
function msIn(blocks) {
  return blocks.reduce((sum, { length }) => sum + msOf(length), 0)
}

/** @param {Int16Array[]} blocks */
function concatenate(blocks) {
  const all = new Int16Array(blocks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const block of blocks) {
    all.set(block, at)
    at += block.length
  }
  return all
}
