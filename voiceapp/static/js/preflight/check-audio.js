// Microphone and loudspeaker, opened for the check alone, in the way a call opens them; and let go, so that the
// microphone's light goes out.

import { AudioDevice } from "../audio/device.js"
import { Loudspeaker } from "../audio/loudspeaker.js"
import { Microphone } from "../audio/microphone.js"
import { probe, PROBE_S } from "./probe.js"
import { Recording } from "./recording.js"

/** Heard before the probe is played, and after its end. */
const BEFORE_S = 0.2
const AFTER_S = 0.6
/** A device that records nothing must not be waited for. */
const LATE_MS = 2000
const IGNORED = {
  microphoneHeard() {}, microphoneMeasured() {}, speechJudged() {}, microphoneLost() {}, microphoneFailed() {},
  microphoneTaken() {}
}

export class CheckAudio {
  device = new AudioDevice(this)
  loudspeaker = new Loudspeaker()
  /** @type {AudioContext | null} */
  context = null
  /** @type {MediaStream | null} */
  stream = null
  /** Held: Firefox lets one go that nobody knows. @type {MediaStreamAudioSourceNode | null} */
  source = null
  closed = false
  /** @type {(at: number, samples: Float32Array) => void} */
  heard = () => {}

  /**
   * @param {MediaDevices | undefined} devices
   * @param {import("../models/preferences.js").Preferences} preferences
   */
  constructor(devices, preferences) {
    this.microphone = new Microphone(devices, IGNORED)
    this.preferences = preferences
  }

  /** To be called inside a click or a key press. */
  async open() {
    const context = await this.device.open()
    await context.audioWorklet.addModule(new URL("../audio/worklets/tap.js", import.meta.url))
    if (this.closed) return
    this.loudspeaker.setVolume(this.preferences.values.volume)
    this.loudspeaker.open(context)
    await this.device.playOn(this.preferences.values.speaker)
    if (!this.closed) this.context = context
  }

  get rate() {
    return this.context?.sampleRate ?? 0
  }

  /** May show the browser's question; throws what the browser throws. Gives the name of the microphone. */
  async ask() {
    const stream = await this.microphone.ask(this.preferences.values.microphone)
    this.stream = stream
    return stream.getAudioTracks()[0]?.label ?? ""
  }

  /** From now on `heard` is called, until the microphone is let go. */
  listen() {
    if (!this.context || !this.stream) return
    const tap = new AudioWorkletNode(this.context, "tap", { channelCount: 1, channelCountMode: "explicit" })
    tap.port.onmessage = ({ data }) => this.heard(data.at, data.samples)
    // On to the destination, though silent: a node that leads nowhere is not run by every browser.
    this.source = this.context.createMediaStreamSource(this.stream)
    this.source.connect(tap).connect(this.context.destination)
  }

  /** Plays the probe; what was heard around it, and when it began, in seconds of the recording. */
  async play() {
    const context = /** @type {AudioContext} */ (this.context)
    const at = context.currentTime + BEFORE_S
    const recording = new Recording(at - BEFORE_S, BEFORE_S + PROBE_S + AFTER_S, context.sampleRate)
    const recorded = new Promise(resolve => {
      this.heard = (time, samples) => { recording.add(time, samples); if (recording.full) resolve(null) }
      setTimeout(resolve, 1000 * (BEFORE_S + PROBE_S + AFTER_S) + (this.stream ? LATE_MS : 0))
    })
    this.#source(context).start(at)
    await recorded
    return { recording, playedS: BEFORE_S }
  }

  /** The light goes out; sound can still be played. */
  release() {
    this.heard = () => {}
    this.microphone.release()
    this.source?.disconnect()
    this.stream = this.source = null
  }

  close() {
    this.closed = true
    this.microphone.close()
    this.release()
    this.context = null
    this.device.close()
  }

  /** @param {AudioContext} context */
  #source(context) {
    const sound = probe(context.sampleRate)
    const buffer = new AudioBuffer({ length: sound.length, sampleRate: context.sampleRate })
    buffer.copyToChannel(sound, 0)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(/** @type {GainNode} */ (this.loudspeaker.node))
    return source
  }

  // Device delegate

  deviceChanged() {}
}
