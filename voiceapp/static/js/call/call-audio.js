// Microphone and loudspeaker of a call: asked for, opened, exchanged while it goes on, and kept alive through what a
// telephone or a pulled plug does to them.

import { AudioDevice } from "../audio/device.js"
import { Loudspeaker } from "../audio/loudspeaker.js"
import { Microphone, CancelledError } from "../audio/microphone.js"
import { Player } from "../audio/player.js"
import { Devices } from "../browser/devices.js"
import { Permission } from "../browser/permission.js"
import { SilenceWatch } from "./silence-watch.js"

/**
 * @typedef {object} CallAudioDelegate
 * @property {boolean} soundWanted a call is there or on its way
 * @property {boolean} isPushToTalk nothing goes up unless the key is down
 * @property {boolean} awaitingVoice it is the person's turn, and they would be heard
 * @property {boolean} voiceHeard the server hears them speak
 * @property {() => void} microphoneGone and no other is there
 * @property {(pcm: Int16Array) => void} microphoneHeard
 * @property {() => void} soundOpened
 * @property {(peak: number, ms: number) => void} levelMeasured of the microphone, 0 to 1, for so long
 * @property {() => void} soundChanged
 * @property {() => void} soundRestarting what was playing is lost
 */

export class CallAudio {
  asking = false
  /** The system has stopped it, and a touch is needed. */
  paused = false
  /** Microphone and loudspeaker can be connected to the context. */
  begun = false
  silence = new SilenceWatch(this)
  device = new AudioDevice(this)
  loudspeaker = new Loudspeaker()
  permission = new Permission(this)
  /** The system, or another tab, has the microphone. */
  taken = false

  /**
   * @param {{devices: MediaDevices | undefined, preferences: import("../models/preferences.js").Preferences, notices:
   *   import("../models/notices.js").Notices, stats: import("../models/stats.js").Stats, now: () => number}} parts
   * @param {import("../audio/player.js").PlayerDelegate} playbackReports
   * @param {CallAudioDelegate} delegate
   */
  constructor({ devices, preferences, notices, stats, now }, playbackReports, delegate) {
    this.preferences = preferences
    this.notices = notices
    this.stats = stats
    this.delegate = delegate
    this.microphone = new Microphone(devices, this)
    this.player = new Player(playbackReports, this.device, now, this)
    this.devices = new Devices(devices, this)
  }

  /** Once, with the page. */
  start() {
    this.devices.start()
    this.permission.start()
  }

  /** To be called inside a click or a key press. */
  open() {
    return this.device.open()
  }

  /** The browser or the system keeps the sound stopped: neither side is heard. */
  get stopped() {
    return this.begun && !this.device.running
  }

  /** With the microphone that was given last, if any. @param {AudioContext} context */
  begin(context) {
    this.begun = true
    this.loudspeaker.setVolume(this.preferences.values.volume)
    this.player.open(context, this.loudspeaker.open(context))
    this.#openMicrophone()
    this.stats.deviceRate = context.sampleRate
    this.#followSpeaker()
    if (this.device.silent) this.#silent()
    this.delegate.soundOpened()
  }

  /** The player first, then the last of the microphone. */
  async close() {
    this.paused = this.asking = this.begun = false
    this.silence.reset()
    this.player.close()
    this.loudspeaker.close()
    this.device.close()
    await this.microphone.close()
  }

  /** The microphone's light goes out; the call goes on. */
  letGo() {
    this.silence.reset()
    this.microphone.release()
  }

  /** It stays out until the person asks for it once more. Says whether there was one, or was to be one. */
  shut() {
    const { asking, microphone } = this
    const had = microphone.newest !== null || (asking && !microphone.unwanted)
    microphone.unwanted = true
    this.letGo()
    return had
  }

  /** Null where it was refused; then the person has been told. */
  async ask() {
    const { generation } = this
    this.#ask(true)
    try {
      const stream = await this.microphone.ask(this.preferences.values.microphone)
      if (this.microphone.replaced) this.notices.add({ code: "microphone_replaced" })
      return stream
    } catch (error) {
      if (!(error instanceof CancelledError)) this.notices.add({ code: Microphone.codeFor(error) })
      return null
    } finally {
      if (generation === this.generation) this.#ask(false)
    }
  }

  /** Another one after each end: whoever has waited asks whether it is still the same. */
  get generation() {
    return this.microphone.generation
  }

  /** In the middle of a call: the person allowed it only now, or the device came back. Says whether it is there. */
  async addMicrophone() {
    this.microphone.unwanted = false
    return this.delegate.soundWanted && !this.asking && this.#addAnother()
  }

  async #addAnother() {
    if (!await this.ask()) return false
    if (this.#openMicrophone()) this.delegate.soundOpened()
    return true
  }

  /** Over headphones there is no echo: as chosen, or as the name of the loudspeaker tells. */
  get headphones() {
    const { headphones, speaker } = this.preferences.values
    return headphones ?? this.devices.onEars(speaker)
  }

  /** @param {keyof import("../models/preferences.js").Values} name */
  preferenceChanged(name) {
    this.#applyGuard()
    if (name === "volume") this.loudspeaker.setVolume(this.preferences.values.volume)
    if (name === "speaker") this.#followSpeaker()
    if (name === "microphone") this.notices.over("microphoneChosen")
    if (name === "microphone" && this.microphone.there) this.#addAnother()
  }

  /** Turns end in another way. */
  modeChanged() {
    this.#applyGuard()
  }

  /** The page is in sight again. */
  shown() {
    if (!this.device.running) this.deviceChanged()
  }

  /** To be called inside a click or a key press, whatever it was for. */
  async touched() {
    if (!this.paused) return
    const { generation } = this
    this.paused = false
    const runs = !this.player.failed && await this.device.resume()
    if (generation !== this.generation) return
    if (runs) return this.notices.over("soundRuns")
    // Another one would be as silent, and the answer would be cut for it.
    if (this.device.silent) return void (this.paused = true)
    await this.#rebuild()
  }

  /** @param {boolean} asking */
  #ask(asking) {
    this.asking = asking
    this.delegate.soundChanged()
  }

  /**
   * The one that was given last, and then another if another was chosen meanwhile. Before `begin` it waits for that.
   */
  #openMicrophone() {
    const { device: { context }, microphone, microphone: { newest } } = this
    if (!this.begun || !context || !newest) return false
    this.silence.reset()
    this.taken = false
    this.notices.over("microphoneOpened")
    microphone.open(context, newest, /** @type {AudioNode} */ (this.loudspeaker.node))
    this.#applyGuard()
    this.devices.refresh()
    if (microphone.there && microphone.wished !== this.preferences.values.microphone) this.#addAnother()
    return true
  }

  #applyGuard() {
    const { guard, half_duplex: halfDuplex } = this.preferences.values
    this.microphone.guard(guard && !halfDuplex && !this.delegate.isPushToTalk && !this.headphones)
  }

  async #followSpeaker() {
    const { speaker } = this.preferences.values
    const there = Devices.has(this.devices.speakers, speaker) && await this.device.playOn(speaker)
    if (there) return this.notices.over("speakerFound")
    await this.device.playOn("")
    if (this.devices.speakers.length && this.device.context) this.notices.add({ code: "speaker_lost" })
  }

  /** The old context is dead for good: everything once more, with the microphone that is there by then. */
  async #rebuild() {
    if (!this.player.failed) this.delegate.soundRestarting()
    const { generation } = this
    this.begun = false
    this.microphone.disconnect()
    this.device.close()
    const opening = this.device.open()
    const { context } = this.device
    const opened = await opening.then(() => true, () => false)
    // Or another touch has begun again.
    if (generation !== this.generation || context !== this.device.context) return
    if (!opened || !context) return void (this.paused = true)
    this.begin(context)
    if (!this.device.silent) this.notices.over("soundRuns")
  }

  /** There is no loudspeaker, or the browser keeps it shut: answers are read. */
  #silent() {
    this.paused = true
    this.notices.add({ code: "no_sound" })
  }

  // Device delegate

  async deviceChanged() {
    this.delegate.soundChanged()
    if (this.device.running) return this.#runs()
    const { generation } = this
    // One that never ran is tried at a touch.
    if (!this.delegate.soundWanted || (this.paused && this.device.silent)) return
    const runs = await this.device.resume()
    if (generation !== this.generation) return
    if (runs) return this.#runs()
    if (this.device.silent) return this.#silent()
    this.paused = true
    this.notices.add({ code: "sound_paused" })
  }

  #runs() {
    if (this.player.failed) return
    this.paused = false
    this.notices.over("soundRuns")
  }

  // Owner of the player

  /** Its worklet gave up: what was playing is cut where it was heard, and what comes is read, until a touch. */
  playbackFailed() {
    if (this.player.busy) this.delegate.soundRestarting()
    this.paused = true
    this.notices.add({ code: "sound_failed" })
  }

  // Permission delegate

  microphoneAllowed() {
    this.notices.over("microphoneAllowed")
  }

  // Devices delegate

  devicesChanged() {
    this.#followSpeaker()
    this.#applyGuard()
    this.delegate.soundChanged()
  }

  // Silence watch delegate

  silenceBegan() {
    this.notices.add({ code: "microphone_silent" })
  }

  silenceEnded() {
    this.notices.over("silenceOver")
  }

  // Microphone delegate

  /** @param {Int16Array} pcm */
  microphoneHeard(pcm) {
    this.delegate.microphoneHeard(pcm)
  }

  /**
   * @param {number} peak
   * @param {number} ms
   */
  microphoneMeasured(peak, ms) {
    this.stats.microphonePeak = peak
    this.delegate.levelMeasured(peak, ms)
    if (this.delegate.voiceHeard) return this.silence.understood()
    this.silence.hear(peak, ms, this.delegate.awaitingVoice && !this.taken)
  }

  /**
   * Steps back before anyone has decided whether it must stop.
   * @param {import("../audio/microphone.js").Judged} judged
   */
  speechJudged(judged) {
    this.stats.speechJudged(judged)
    this.loudspeaker.duck(judged.judgement === "suspected" || judged.judgement === "voice")
  }

  /** Unplugged, or taken away by the system: once more with whatever is there. */
  async microphoneLost() {
    this.microphone.release()
    this.notices.add({ code: "microphone_lost" })
    this.delegate.soundChanged()
    const { generation } = this
    if (await this.addMicrophone()) this.notices.add({ code: "microphone_replaced" })
    else if (generation === this.generation) this.delegate.microphoneGone()
  }

  /** Its light would be on, and nobody would be heard: it is closed, and the person may open it again. */
  microphoneFailed() {
    this.letGo()
    this.notices.add({ code: "microphone_failed" })
    this.delegate.microphoneGone()
    this.delegate.soundChanged()
  }

  /** Another tab, a telephone call or the system has it for a while: it is open and silent. @param {boolean} taken */
  microphoneTaken(taken) {
    this.taken = taken
    taken ? this.notices.add({ code: "microphone_taken" }) : this.notices.over("microphoneGivenBack")
  }
}
