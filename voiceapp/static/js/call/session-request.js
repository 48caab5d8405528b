// What the person asks of the session: told to the server at the start of a call, and while it goes on whenever it
// changes. What a session is made of takes another session, which the person asks for; the talk goes on in it.

import { isFar } from "../browser/devices.js"

/** A slider moves in many steps. */
const WAIT_MS = 200
const TURN = ["mode", "threshold", "silence_ms", "prefix_ms", "idle_ms", "eagerness", "noise"]
const SESSION_FIELDS = /** @type {const} */ (["persona", "profile", "model", "voice", "instructions"])

/**
 * @typedef {{turn: string, fields: string, mode: string}} Terms what a session was told: how it hears the person and
 *   what it is made of, as JSON, and how turns end then
 */

export class SessionRequest {
  /** Of the session that goes on. @type {Terms} */
  agreed = { turn: "{}", fields: "{}", mode: "server_vad" }
  /** Of the one that was asked for and has not taken over yet. @type {Terms | null} */
  asked = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined

  /**
   * @param {import("./transport.js").Transport} transport
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {{modeChanged: () => void, microphoneName: string}} delegate is told when turns begin to end in another way
   */
  constructor(transport, preferences, delegate) {
    this.transport = transport
    this.preferences = preferences
    this.delegate = delegate
  }

  /** How a turn ends in the session that goes on. */
  get mode() {
    return this.agreed.mode
  }

  /** Another session was asked for and has not taken over yet. */
  get renewing() {
    return this.asked !== null
  }

  /** What a session is made of, as far as it was chosen. */
  get fields() {
    const { values } = this.preferences
    return Object.fromEntries(SESSION_FIELDS.filter(name => values[name]).map(name => [name, values[name]]))
  }

  /** Something was chosen that the session that goes on is not made of. */
  get pending() {
    return this.transport.live && !this.renewing && JSON.stringify(this.fields) !== this.agreed.fields
  }

  /**
   * The call, with what was chosen.
   * @param {boolean} greet the assistant may speak first
   * @param {Wire.Said[]} [talk] that goes on in it
   */
  start(greet, talk = []) {
    const { language, greet: wanted } = this.preferences.values
    this.agreed = { ...this.agreed, turn: "{}" }
    this.agreed = this.#terms
    this.asked = null
    const first = greet && wanted ? {} : { greet: false }
    const before = talk.length ? { talk } : {}
    const spoken = language ? { language } : {}
    this.transport.start({ ...this.fields, ...this.#live, barge_in: this.#bargeIn, ...spoken, ...first, ...before })
  }

  /** @param {string} name of a preference */
  preferenceChanged(name) {
    if (name === "language") this.#tellLanguage()
    if (name === "at_once" && this.transport.live) this.transport.configure({ barge_in: this.#bargeIn })
    if (!TURN.includes(name)) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell(), name === "mode" ? 0 : WAIT_MS)
  }

  /** What has changed since it was told, if a call is live. */
  tell() {
    const { turn, mode } = this.#terms
    if (turn === "{}" || turn === this.agreed.turn || !this.transport.live) return
    this.transport.configure(this.#live)
    // One that is on its way is told too.
    if (this.asked) Object.assign(this.asked, { turn, mode })
    this.#agree({ ...this.agreed, turn, mode })
  }

  /** Another session, made of what is chosen now. */
  renew() {
    if (!this.pending) return
    this.asked = this.#terms
    this.transport.configure({ ...this.fields, ...this.#live })
  }

  /** Another session took over. @param {Wire.Renewed["why"]} why */
  renewed(why) {
    if (why !== "asked" || !this.asked) return
    this.#agree(this.asked)
    this.asked = null
  }

  /** The line was away: it may have taken over meanwhile. @param {import("../wire.js").Resumed} resumed */
  resumed(resumed) {
    const { instructions: _, ...made } = JSON.parse(this.asked?.fields ?? "{}")
    const names = /** @type {("persona" | "profile" | "model" | "voice")[]} */ (Object.keys(made))
    if (names.every(name => made[name] === resumed[name])) this.renewed("asked")
  }

  /** It could not be had: what is chosen still waits. */
  notRenewed() {
    this.asked = null
  }

  /** @returns {"at_once" | "confirmed"} */
  get #bargeIn() {
    return this.preferences.values.at_once ? "at_once" : "confirmed"
  }

  get #live() {
    const { noise, preferences: { turn } } = this
    // Near is what the server presumes.
    const far = noise !== "near" || "noise" in JSON.parse(this.agreed.turn)
    return { ...turn ? { turn } : {}, ...far ? { noise } : {} }
  }

  /** For which microphone the server takes noise out: as chosen, or as its name tells. */
  get noise() {
    const { noise } = this.preferences.values
    return noise !== "auto" ? noise : isFar(this.delegate.microphoneName) ? "far" : "near"
  }

  /** As chosen now. @returns {Terms} */
  get #terms() {
    return { turn: JSON.stringify(this.#live), fields: JSON.stringify(this.fields), mode: this.preferences.values.mode }
  }

  /** @param {Terms} terms */
  #agree(terms) {
    const { mode } = this
    this.agreed = terms
    if (this.mode !== mode) this.delegate.modeChanged()
  }

  #tellLanguage() {
    const { language } = this.preferences.values
    if (language && this.transport.live) this.transport.configure({ language })
  }
}
