// While the assistant is heard over loudspeakers: is what the microphone hears a person, or the assistant's own echo?
// A person is louder than any echo there can be, and for longer than a click or a cough. Nobody knows how late an echo
// comes, so evidence is gathered against each delay by itself: once none explains what is heard, it is a voice. In a
// call's first moments the echo may still be as loud as anybody. There the waveform helps: where it is not the
// playback's, what was heard is weighed once more, by what has been learned of the echo since.

import { DELAYS, EchoPath, REMEMBERED } from "./echo-path.js"
import { VoiceBand } from "./voice-band.js"
import { WaveformCorrelation } from "./waveform-correlation.js"

const FRAME_S = 0.01
const AUDIBLE_DB = -60
/** A pause between two phrases is no end of the playback. */
const PHRASE_MS = 200
const MARGIN = { echo: 3.5, noise: 7 }
const FAINTEST_DB = -60
/** Of playback, in frames: after so many of them it is known how loud the echo can be, and levels alone tell. */
const BEGINNING = 200
/** No echo comes later than this. */
const LATEST_MS = 670
const FLOOR = { min: -80, rise: 0.05, start: -60 }
/** A microphone that is being opened, or that the browser mutes, gives zeros: no room is so quiet. */
const ZEROS_DB = -100
const SUSPECT_MS = 50
const VOICE_MS = 120
/** Looking back, where the waveform has spoken, less is needed, and a frame that may be echo takes less away. */
const BACK = { voiceMs: 100, fade: 0.25 }
/** A voice that was judged one may pause for so long. */
const PAUSE_MS = 500

/** @typedef {"idle" | "guarding" | "suspected" | "voice"} Judgement idle: nothing to guard against */

export class EchoGuard {
  /** @type {Judgement} */
  judgement = "idle"
  floor = FLOOR.start
  /** The least of what speaks against any of the delays. */
  evidenceMs = 0
  /** Of the echoes that may be, the loudest. */
  loudest = -Infinity
  sinceAudibleMs = Infinity
  path = new EchoPath()
  /** Of the microphone, the latest first. */
  levels = new Float32Array(REMEMBERED).fill(ZEROS_DB)
  /** For each delay: what the echo that comes so late does not explain, and for how long it has explained all. */
  evidence = new Float32Array(DELAYS)
  paused = new Float32Array(DELAYS).fill(Infinity)

  /** @param {number} rate of the device */
  constructor(rate) {
    this.microphoneBand = new VoiceBand(rate)
    this.playbackBand = new VoiceBand(rate)
    /** In the beginning. @type {WaveformCorrelation | null} */
    this.waveform = new WaveformCorrelation(rate)
    this.wanted = Math.round(FRAME_S * rate)
    this.frameMs = 1000 * this.wanted / rate
    this.counted = this.microphonePower = this.playbackPower = 0
  }

  /**
   * The same moment of both. Says whether the judgement changed.
   * @param {Float32Array} microphone
   * @param {Float32Array | undefined} playback none while nothing is connected
   */
  hear(microphone, playback) {
    const before = this.judgement
    for (let i = 0; i < microphone.length; i++) {
      const heard = this.microphoneBand.pass(microphone[i])
      const played = this.playbackBand.pass(playback ? playback[i] : 0)
      this.microphonePower += heard * heard
      this.playbackPower += played * played
      this.waveform?.add(heard, played)
      if (++this.counted === this.wanted) this.#frame()
    }
    return this.judgement !== before
  }

  #frame() {
    const microphone = decibels(this.microphonePower / this.counted)
    const playback = decibels(this.playbackPower / this.counted)
    this.counted = this.microphonePower = this.playbackPower = 0
    if (microphone > ZEROS_DB) this.floor = Math.max(FLOOR.min, Math.min(microphone, this.floor + FLOOR.rise))
    this.path.add(microphone, playback, this.floor)
    this.sinceAudibleMs = playback > AUDIBLE_DB ? 0 : this.sinceAudibleMs + this.frameMs
    this.levels.copyWithin(1, 0)
    this.levels[0] = microphone
    this.#weigh(microphone)
    if (this.waveform) this.#compare(this.waveform, microphone)
    this.judgement = this.#judge()
  }

  /** @param {number} level */
  #weigh(level) {
    const min = this.#faintest
    this.evidenceMs = VOICE_MS
    this.loudest = -Infinity
    for (let at = 0; at < DELAYS; at++) {
      const echo = this.path.expected(at)
      this.loudest = Math.max(this.loudest, echo)
      this.evidenceMs = Math.min(this.evidenceMs, this.#against(at, level > Math.max(min, echo + MARGIN.echo)))
    }
  }

  /** The level from which a person is heard where nothing is played. */
  get #faintest() {
    return Math.max(FAINTEST_DB, this.floor + MARGIN.noise)
  }

  /** @param {number} at @param {boolean} voiced what is heard now is louder than this echo */
  #against(at, voiced) {
    const { evidence, paused, frameMs } = this
    evidence[at] = Math.min(VOICE_MS, Math.max(0, evidence[at] + (voiced ? frameMs : -frameMs / 2)))
    const full = evidence[at] >= VOICE_MS - frameMs / 2
    paused[at] = full || (voiced && paused[at] < PAUSE_MS) ? 0 : paused[at] + frameMs
    return paused[at] < PAUSE_MS ? VOICE_MS : evidence[at]
  }

  /**
   * Only while an echo may come: in a person's own turn there is nothing to compare with.
   * @param {WaveformCorrelation} waveform
   * @param {number} level
   */
  #compare(waveform, level) {
    const echoes = this.sinceAudibleMs < LATEST_MS
    waveform.frame(echoes && level > this.#faintest)
    if (!echoes) waveform.forget()
    if (this.evidenceMs < VOICE_MS && waveform.differs && this.#unexplained) this.#found()
    if (this.path.watched >= BEGINNING) this.waveform = null
  }

  /** By what is known now, no echo there can be was all that was heard in the last half second. */
  get #unexplained() {
    for (let at = 0; at < DELAYS; at++) if (this.#explains(at)) return false
    return true
  }

  /** @param {number} at */
  #explains(at) {
    const { levels, path, frameMs } = this
    if (this.paused[at] < PAUSE_MS) return false
    const min = this.#faintest
    let evidence = 0
    for (let ago = REMEMBERED - 1; ago >= 0; ago--) {
      const voiced = levels[ago] > Math.max(min, path.expected(at, ago))
      evidence = voiced ? evidence + frameMs : Math.max(0, evidence - BACK.fade * frameMs)
      if (evidence >= BACK.voiceMs - frameMs / 2) return false
    }
    return true
  }

  /** A voice; what has shown it is not weighed again. */
  #found() {
    this.levels.fill(ZEROS_DB)
    this.evidence.fill(VOICE_MS)
    this.paused.fill(0)
    this.evidenceMs = VOICE_MS
  }

  /** @returns {Judgement} */
  #judge() {
    if (this.sinceAudibleMs > PHRASE_MS && this.loudest + MARGIN.echo < this.#faintest) return "idle"
    if (this.evidenceMs >= VOICE_MS) return "voice"
    return this.evidenceMs >= SUSPECT_MS ? "suspected" : "guarding"
  }
}

/** @param {number} power */
function decibels(power) {
  return 10 * Math.log10(power + 1e-12)
}
