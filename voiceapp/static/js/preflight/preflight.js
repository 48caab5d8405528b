// The check before a call: page, microphone, loudspeaker, echo, network and service, each with a verdict. What makes
// sound goes one after the other; the server is asked meanwhile.

import { Microphone } from "../audio/microphone.js"
import { CheckAudio } from "./check-audio.js"
import { ECHO_RATE, findEcho } from "./echo.js"
import { TrialCall } from "./trial-call.js"
import { measureRoundTrip } from "./round-trip.js"
import { echoVerdict, worst, networkVerdict, pageVerdict, serviceVerdict, voiceVerdict } from "./verdicts.js"
import { VoiceLevel } from "./voice-level.js"

export const CHECKS = /** @type {const} */ (["page", "microphone", "loudspeaker", "echo", "network", "service"])

const LISTEN_MS = 5000
/** For the person to end the sentence. */
const HUSH_MS = 4000
/** An echo this loud can only come from a loudspeaker that is heard. */
const AUDIBLE_DB = -45

/** @typedef {typeof CHECKS[number]} Name */
/** @typedef {import("./verdicts.js").Verdict} Verdict */

/**
 * @typedef {object} Parts
 * @property {() => string | null} checkSupport the code of what makes a call impossible here
 * @property {MediaDevices | undefined} devices
 * @property {import("../models/preferences.js").Preferences} preferences
 * @property {() => any} connect makes a Socket.IO socket that is not yet connected
 * @property {() => Promise<import("../call/admission.js").Admission>} ask why a connection may have been refused
 * @property {() => object} request as `start` would carry them
 * @property {() => Promise<unknown>} ping a small question to the server
 * @property {() => number} now milliseconds
 */

/** One time through. */
class Run {
  over = false

  /** @param {Parts} parts @param {(trouble: import("../wire.js").Trouble) => void} progressed */
  constructor({ devices, preferences, connect, ask, request }, progressed) {
    this.audio = new CheckAudio(devices, preferences)
    this.trialCall = new TrialCall(connect, ask, request(), progressed)
  }

  async stop() {
    this.over = true
    this.audio.close()
    await this.trialCall.stop()
  }
}

export class Preflight {
  /** @type {Map<Name, Verdict>} */
  verdicts = new Map()
  /** @type {Run | null} */
  run = null
  /** What is left of the run before is being put away. @type {Promise<void>} */
  stopped = Promise.resolve()
  measuring = false
  /** @type {import("./echo.js").Echo | null} */
  echo = null

  /**
   * @param {Parts} parts
   * @param {{preflightChanged: () => void, preflightHeard: (peak: number) => void}} delegate
   */
  constructor(parts, delegate) {
    this.parts = parts
    this.delegate = delegate
  }

  /** To be called inside a click or a key press. */
  async start() {
    this.stop()
    const run = this.run = new Run(
      this.parts,
      trouble => this.#set(run, "service", { state: "running", code: "loading", progress: trouble.progress })
    )
    this.measuring = true
    this.echo = null
    for (const name of CHECKS) this.#set(run, name, { state: "waiting", code: "waiting" })
    const missing = this.parts.checkSupport()
    this.#set(run, "page", pageVerdict(missing))
    await Promise.all([this.#checkAudio(run, missing), this.#checkServer(run, missing)])
    if (!run.over) this.#measured()
  }

  /** At any moment; afterwards nothing of it is open. */
  async stop() {
    const { run, parts: { preferences } } = this
    if (run && !preferences.values.preflight) preferences.choose("preflight", "skipped")
    this.run = null
    this.measuring = false
    if (run) this.stopped = run.stop()
    await this.stopped
  }

  /** What all of it amounts to. */
  get summary() {
    return worst(this.verdicts.values())
  }

  /** Only the person can say whether the loudspeaker was heard. */
  get asking() {
    return this.verdicts.get("loudspeaker")?.state === "asking"
  }

  /** Whether the sound was heard, as the person says. @param {boolean} heard */
  answer(heard) {
    if (!this.run || !this.asking) return
    this.#set(this.run, "loudspeaker", heard ? { state: "good", code: "confirmed" } : { state: "bad", code: "unheard" })
    if (this.verdicts.get("echo")?.code === "waits")
      this.#set(this.run, "echo", heard ? this.#echoVerdict : { state: "skipped", code: "unheard" })
  }

  /** Once more for the ears alone. */
  playAgain() {
    return this.run?.audio.play()
  }

  /** Another preference may have made good what was not. */
  preferenceChanged() {
    if (this.run && this.verdicts.get("echo")?.code === "loud") this.#set(this.run, "echo", this.#echoVerdict)
  }

  #measured() {
    this.measuring = false
    this.parts.preferences.choose("preflight", "done")
    this.delegate.preflightChanged()
  }

  /** @param {Run} run @param {Name} name @param {Verdict} verdict */
  #set(run, name, verdict) {
    if (run.over) return
    this.verdicts.set(name, verdict)
    this.delegate.preflightChanged()
  }

  /** @param {Run} run @param {string | null} missing what the browser lacks */
  async #checkAudio(run, missing) {
    const impossible = missing === "insecure" || missing === "unsupported"
    if (impossible) return this.#leaveOut(run, ["microphone", "loudspeaker", "echo"])
    this.#set(run, "microphone", { state: "running", code: "asking" })
    const opening = run.audio.open().then(() => true, () => false)
    const name = await this.#askForMicrophone(run)
    const works = await opening && (name === null || await this.#hearVoice(run, name))
    if (run.over) return
    works ? await this.#hearEcho(run) : this.#noSound(run)
    run.audio.release()
  }

  /** The name of the microphone, or null where there is none. @param {Run} run */
  async #askForMicrophone(run) {
    try {
      return await run.audio.ask()
    } catch (error) {
      this.#set(run, "microphone", { state: "bad", code: Microphone.codeFor(error).replace("microphone_", "") })
      return null
    }
  }

  /** Says whether any sound came at all, silent or not. @param {Run} run @param {string} name */
  async #hearVoice(run, name) {
    run.audio.listen()
    this.#set(run, "microphone", { state: "running", code: "listening" })
    const voice = new VoiceLevel()
    await this.#listen(run, voice, () => voice.enough, LISTEN_MS)
    if (voice.ms === 0 || run.over) return false
    this.#set(run, "microphone", voiceVerdict(voice, name))
    await this.#listen(run, voice, () => voice.quiet, HUSH_MS)
    return true
  }

  /**
   * @param {Run} run
   * @param {VoiceLevel} voice
   * @param {() => boolean} done
   * @param {number} maxMs
   * @returns {Promise<void>}
   */
  #listen({ audio }, voice, done, maxMs) {
    return new Promise(resolve => {
      setTimeout(resolve, maxMs)
      audio.heard = (_, samples) => {
        this.delegate.preflightHeard(voice.hear(samples, 1000 * samples.length / audio.rate))
        if (done()) resolve()
      }
    })
  }

  /** The same sound for loudspeaker and echo. @param {Run} run */
  async #hearEcho(run) {
    this.#set(run, "loudspeaker", { state: "running", code: "playing" })
    if (run.audio.stream) this.#set(run, "echo", { state: "running", code: "listening" })
    const { recording, playedS } = await run.audio.play()
    if (run.over) return
    this.echo = recording.empty ? null : findEcho(recording.at(ECHO_RATE), Math.round(playedS * ECHO_RATE))
    if (this.echo?.found && this.echo.gainDb > AUDIBLE_DB) this.#heardByMicrophone(run)
    else this.#askWhetherHeard(run)
  }

  /** @param {Run} run */
  #heardByMicrophone(run) {
    this.#set(run, "loudspeaker", { state: "good", code: "heard" })
    this.#set(run, "echo", this.#echoVerdict)
  }

  /** @param {Run} run */
  #askWhetherHeard(run) {
    this.#set(run, "loudspeaker", { state: "asking", code: "asking" })
    this.#set(
      run, "echo", this.echo ? { state: "waiting", code: "waits" } : { state: "skipped", code: "no_microphone" }
    )
  }

  /** @returns {Verdict} */
  get #echoVerdict() {
    const { half_duplex: halfDuplex, mode } = this.parts.preferences.values
    const nothing = { found: false, gainDb: 0, delayMs: 0 }
    return echoVerdict(this.echo ?? nothing, halfDuplex || mode === "push_to_talk")
  }

  /** @param {Run} run @param {string | null} missing what the browser lacks */
  async #checkServer(run, missing) {
    this.#set(run, "network", { state: "running", code: "asking" })
    const reached = await measureRoundTrip(this.parts.ping, this.parts.now).then(
      networkVerdict, () => serviceVerdict({ code: "connection_lost" })
    )
    this.#set(run, "network", reached)
    if (missing === "client_missing") return this.#leaveOut(run, ["service"])
    // The call before counts until it is over, and one may be all that is allowed.
    await this.stopped
    if (run.over) return
    this.#set(run, "service", { state: "running", code: "asking" })
    this.#set(run, "service", serviceVerdict(await run.trialCall.run()))
  }

  /** @param {Run} run */
  #noSound(run) {
    if (this.verdicts.get("microphone")?.state === "running")
      this.#set(run, "microphone", { state: "bad", code: "stuck" })
    this.#leaveOut(run, ["loudspeaker", "echo"])
  }

  /** @param {Run} run @param {Name[]} names */
  #leaveOut(run, names) {
    for (const name of names) this.#set(run, name, { state: "skipped", code: "left_out" })
  }
}
