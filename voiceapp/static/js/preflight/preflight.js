// The check before a call: page, microphone, loudspeaker, echo, network and service, each with a verdict. What makes
// sound goes one after the other; the server is asked meanwhile.

import { Microphone } from "../audio/microphone.js"
import { Bench } from "./check-audio.js"
import { ECHO_RATE, findEcho } from "./echo.js"
import { Rehearsal } from "./trial-call.js"
import { measureRoundTrip } from "./round-trip.js"
import { echoVerdict, gravest, networkVerdict, pageVerdict, serviceVerdict, voiceVerdict } from "./verdicts.js"
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
 * @property {() => string | null} obstacle the code of what makes a call impossible here
 * @property {MediaDevices | undefined} devices
 * @property {import("../models/preferences.js").Choices} choices
 * @property {() => any} connect makes a Socket.IO socket that is not yet connected
 * @property {() => Promise<import("../call/admission.js").Admission>} ask why a connection may have been refused
 * @property {() => object} wishes as `start` would carry them
 * @property {() => Promise<unknown>} ping a small question to the server
 * @property {() => number} now milliseconds
 */

/** One time through. */
class Run {
  over = false

  /** @param {Parts} parts @param {(trouble: import("../call/wire.js").Trouble) => void} progressed */
  constructor({ devices, choices, connect, ask, wishes }, progressed) {
    this.bench = new Bench(devices, choices)
    this.rehearsal = new Rehearsal(connect, ask, wishes(), progressed)
  }

  async stop() {
    this.over = true
    this.bench.close()
    await this.rehearsal.stop()
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
    const run = this.run = new Run(this.parts, trouble => this.#set(run, "service", { state: "running", code: "loading", progress: trouble.progress }))
    this.measuring = true
    this.echo = null
    for (const name of CHECKS) this.#set(run, name, { state: "waiting", code: "waiting" })
    const obstacle = this.parts.obstacle()
    this.#set(run, "page", pageVerdict(obstacle))
    await Promise.all([this.#checkSound(run, obstacle), this.#checkServer(run, obstacle)])
    if (!run.over) this.#measured()
  }

  /** At any moment; afterwards nothing of it is open. */
  async stop() {
    const { run, parts: { choices } } = this
    if (run && !choices.values.preflight) choices.choose("preflight", "skipped")
    this.run = null
    this.measuring = false
    if (run) this.stopped = run.stop()
    await this.stopped
  }

  /** What all of it amounts to. */
  get summary() {
    return gravest(this.verdicts.values())
  }

  /** Only the person can say whether the loudspeaker was heard. */
  get asking() {
    return this.verdicts.get("loudspeaker")?.state === "asking"
  }

  /** Whether the sound was heard, as the person says. @param {boolean} heard */
  answer(heard) {
    if (!this.run || !this.asking) return
    this.#set(this.run, "loudspeaker", heard ? { state: "good", code: "confirmed" } : { state: "bad", code: "unheard" })
    if (this.verdicts.get("echo")?.code === "waits") this.#set(this.run, "echo", heard ? this.#echoVerdict : { state: "skipped", code: "unheard" })
  }

  /** Once more for the ears alone. */
  playAgain() {
    return this.run?.bench.play()
  }

  /** Another choice may have made good what was not. */
  choiceChanged() {
    if (this.run && this.verdicts.get("echo")?.code === "loud") this.#set(this.run, "echo", this.#echoVerdict)
  }

  #measured() {
    this.measuring = false
    this.parts.choices.choose("preflight", "done")
    this.delegate.preflightChanged()
  }

  /** @param {Run} run @param {Name} name @param {Verdict} verdict */
  #set(run, name, verdict) {
    if (run.over) return
    this.verdicts.set(name, verdict)
    this.delegate.preflightChanged()
  }

  /** @param {Run} run @param {string | null} obstacle */
  async #checkSound(run, obstacle) {
    const impossible = obstacle === "insecure" || obstacle === "unsupported"
    if (impossible) return this.#leaveOut(run, ["microphone", "loudspeaker", "echo"])
    this.#set(run, "microphone", { state: "running", code: "asking" })
    const opening = run.bench.open().then(() => true, () => false)
    const name = await this.#askForMicrophone(run)
    const works = await opening && (name === null || await this.#hearVoice(run, name))
    if (run.over) return
    works ? await this.#hearEcho(run) : this.#noSound(run)
    run.bench.release()
  }

  /** The name of the microphone, or null where there is none. @param {Run} run */
  async #askForMicrophone(run) {
    try {
      return await run.bench.ask()
    } catch (error) {
      this.#set(run, "microphone", { state: "bad", code: Microphone.codeFor(error).replace("microphone_", "") })
      return null
    }
  }

  /** Says whether any sound came at all, silent or not. @param {Run} run @param {string} name */
  async #hearVoice(run, name) {
    run.bench.listen()
    this.#set(run, "microphone", { state: "running", code: "listening" })
    const voice = new VoiceLevel()
    await this.#listen(run, voice, () => voice.enough, LISTEN_MS)
    if (voice.ms === 0) return false
    this.#set(run, "microphone", voiceVerdict(voice, name))
    await this.#listen(run, voice, () => voice.quiet, HUSH_MS)
    return true
  }

  /** @param {Run} run @param {VoiceLevel} voice @param {() => boolean} done @param {number} mostMs @returns {Promise<void>} */
  #listen({ bench }, voice, done, mostMs) {
    return new Promise(resolve => {
      setTimeout(resolve, mostMs)
      bench.heard = (_, samples) => {
        this.delegate.preflightHeard(voice.hear(samples, 1000 * samples.length / bench.rate))
        if (done()) resolve()
      }
    })
  }

  /** The same sound for loudspeaker and echo. @param {Run} run */
  async #hearEcho(run) {
    this.#set(run, "loudspeaker", { state: "running", code: "playing" })
    if (run.bench.stream) this.#set(run, "echo", { state: "running", code: "listening" })
    const { tape, playedS } = await run.bench.play()
    if (run.over) return
    this.echo = tape.empty ? null : findEcho(tape.at(ECHO_RATE), Math.round(playedS * ECHO_RATE))
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
    this.#set(run, "echo", this.echo ? { state: "waiting", code: "waits" } : { state: "skipped", code: "no_microphone" })
  }

  /** @returns {Verdict} */
  get #echoVerdict() {
    const { half_duplex: halfDuplex, mode } = this.parts.choices.values
    const nothing = { found: false, gainDb: 0, delayMs: 0 }
    return echoVerdict(this.echo ?? nothing, halfDuplex || mode === "push_to_talk")
  }

  /** @param {Run} run @param {string | null} obstacle */
  async #checkServer(run, obstacle) {
    this.#set(run, "network", { state: "running", code: "asking" })
    const reached = await measureRoundTrip(this.parts.ping, this.parts.now).then(networkVerdict, () => serviceVerdict({ code: "connection_lost" }))
    this.#set(run, "network", reached)
    if (obstacle === "client_missing") return this.#leaveOut(run, ["service"])
    // The call before counts until it is over, and one may be all that is allowed.
    await this.stopped
    if (run.over) return
    this.#set(run, "service", { state: "running", code: "asking" })
    this.#set(run, "service", serviceVerdict(await run.rehearsal.run()))
  }

  /** @param {Run} run */
  #noSound(run) {
    if (this.verdicts.get("microphone")?.state === "running") this.#set(run, "microphone", { state: "bad", code: "stuck" })
    this.#leaveOut(run, ["loudspeaker", "echo"])
  }

  /** @param {Run} run @param {Name[]} names */
  #leaveOut(run, names) {
    for (const name of names) this.#set(run, name, { state: "skipped", code: "left_out" })
  }
}
