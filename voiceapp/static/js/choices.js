// What a person chose on this page, remembered by the browser. What was never chosen is left to the server.

const KEY = "voiceapp"

export const MODES = ["server_vad", "semantic_vad", "push_to_talk"]
export const EAGERNESS = ["auto", "low", "medium", "high"]

/** As docs/wire.md has them: outside of these speech is cut off or never ends. */
export const RANGES = {
  threshold: { least: 0.1, most: 0.9, step: 0.05, usual: 0.5 },
  silence_ms: { least: 200, most: 2000, step: 50, usual: 500 },
  prefix_ms: { least: 0, most: 1000, step: 50, usual: 300 }
}

/** How long it waits before it asks whether anybody is there; 0: it does not. */
export const IDLES = [0, 8000, 15000, 30000]
/** Of sound sent at once; 0: as the server says. */
export const CHUNKS = [0, 20, 40, 100, 170]

/** A tag such as the server takes, or none. */
const LANGUAGE = /^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4})?$/

/** @typedef {keyof typeof RANGES} Slider */

/**
 * @typedef {object} Values
 * @property {string} mode how a turn ends
 * @property {number} threshold
 * @property {number} silence_ms
 * @property {number} prefix_ms
 * @property {number | null} idle_ms null: the server is not told
 * @property {string} eagerness
 * @property {string} persona
 * @property {string} profile
 * @property {string} model empty: the profile's
 * @property {string} voice empty: the persona's
 * @property {string} instructions in place of the persona's, where the server allows it
 * @property {string} language that the person speaks; empty: as the persona expects
 * @property {boolean} greet the assistant may speak first
 * @property {number} chunk_ms
 * @property {boolean} space the space bar talks
 * @property {boolean} half_duplex nothing is sent while the assistant is heard
 * @property {boolean} guard against the assistant hearing itself
 * @property {boolean | null} headphones null: guess
 * @property {number} volume 0 to 1
 * @property {string} microphone a device's id; empty: the default
 * @property {string} speaker
 * @property {string} keep what of a talk stays in this browser
 * @property {string} theme
 * @property {string} captions
 * @property {boolean} keys single keys do something
 * @property {string} preflight what became of the check before the first call; empty: not yet offered or taken
 */

/** @type {Values} */
const USUAL = {
  mode: "server_vad", threshold: RANGES.threshold.usual, silence_ms: RANGES.silence_ms.usual, prefix_ms: RANGES.prefix_ms.usual,
  idle_ms: null, eagerness: "auto", persona: "", profile: "", model: "", voice: "", instructions: "", language: "", greet: true, chunk_ms: 0, space: false, half_duplex: false, guard: true, headphones: null, volume: 1, microphone: "", speaker: "",
  keep: "nothing", theme: "auto", captions: "normal", keys: false, preflight: ""
}

const flag = (/** @type {unknown} */ value) => typeof value === "boolean"
const id = (/** @type {unknown} */ value) => typeof value === "string" && value.length < 200
const named = (/** @type {unknown} */ value) => id(value) && value !== ""
const like = (/** @type {RegExp} */ pattern) => (/** @type {unknown} */ value) => typeof value === "string" && pattern.test(value)
const between = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {unknown} */ value) => typeof value === "number" && value >= least && value <= most
const within = (/** @type {Slider} */ name) => between(RANGES[name].least, RANGES[name].most)
const oneOf = (/** @type {string[]} */ words) => (/** @type {unknown} */ value) => words.includes(/** @type {string} */ (value))

/** @type {Record<keyof Values, (value: unknown) => boolean>} */
const VALID = {
  mode: oneOf(MODES), threshold: within("threshold"), silence_ms: within("silence_ms"), prefix_ms: within("prefix_ms"),
  idle_ms: value => IDLES.includes(/** @type {number} */ (value)), eagerness: oneOf(EAGERNESS), persona: named, profile: named, model: id, voice: id,
  instructions: value => typeof value === "string" && value.length <= 20000, language: like(LANGUAGE), greet: flag,
  chunk_ms: value => CHUNKS.includes(/** @type {number} */ (value)), space: flag, half_duplex: flag, guard: flag, headphones: flag, volume: between(0, 1), microphone: id, speaker: id,
  keep: oneOf(["nothing", "text", "sound"]), theme: oneOf(["auto", "light", "dark"]), captions: oneOf(["normal", "large", "huge"]), keys: flag, preflight: oneOf(["", "skipped", "done"])
}

/** @type {Record<string, (keyof Values)[]>} what each mode can be told */
const FIELDS = { server_vad: ["threshold", "silence_ms", "prefix_ms", "idle_ms"], semantic_vad: ["eagerness"], push_to_talk: [] }

export class Choices {
  /**
   * @param {{getItem: (key: string) => string | null, setItem: (key: string, value: string) => void} | null} storage
   * @param {{choiceChanged: (name: keyof Values) => void}} delegate
   */
  constructor(storage, delegate) {
    this.storage = storage
    this.delegate = delegate
    /** @type {Partial<Values>} */
    this.chosen = sound(read(storage))
    /** What this server has where nothing was chosen. @type {Partial<Values>} */
    this.offered = {}
    /** How the chosen persona takes turns. @type {Partial<Values>} */
    this.suggested = {}
  }

  /** @type {Values} */
  get values() {
    return { ...USUAL, ...this.offered, ...this.suggested, ...this.chosen }
  }

  /** @param {Partial<Values>} usual */
  offer(usual) {
    this.offered = usual
  }

  /** @param {Partial<Values> | null} turn */
  suggest(turn) {
    this.suggested = sound(turn ?? {})
  }

  /** As `start` and `configure` carry it; undefined where nothing was chosen. */
  get turn() {
    const { values, chosen } = this
    const fields = FIELDS[values.mode].filter(name => values[name] !== null)
    const some = "mode" in chosen || fields.some(name => name in chosen)
    return some ? { mode: values.mode, ...Object.fromEntries(fields.map(name => [name, values[name]])) } : undefined
  }

  /**
   * @template {keyof Values} Name
   * @param {Name} name
   * @param {Values[Name]} value
   */
  choose(name, value) {
    if (!VALID[name](value) || this.values[name] === value) return
    this.chosen = { ...this.chosen, [name]: value }
    this.#changed(name)
  }

  /** It is not on offer any more. @param {keyof Values} name */
  unchoose(name) {
    if (!(name in this.chosen)) return
    const { [name]: _, ...rest } = this.chosen
    this.chosen = rest
    this.#changed(name)
  }

  /** All that was ever chosen here. */
  forget() {
    const names = /** @type {(keyof Values)[]} */ (Object.keys(this.chosen))
    this.chosen = {}
    names.forEach(name => this.#changed(name))
  }

  /** What of a link is valid. Says how many there were. @param {Record<string, unknown>} shared */
  adopt(shared) {
    const valid = Object.entries(sound(shared))
    valid.forEach(([name, value]) => this.choose(/** @type {keyof Values} */ (name), /** @type {never} */ (value)))
    return valid.length
  }

  /** The sliders back to where they were. */
  reset() {
    const { threshold: _t, silence_ms: _s, prefix_ms: _p, idle_ms: _i, ...rest } = this.chosen
    this.chosen = { ...rest, mode: "server_vad" }
    this.#changed("threshold")
  }

  /** @param {keyof Values} name */
  #changed(name) {
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.chosen))
    } catch {
      // A browser that keeps nothing: chosen for as long as the page is open.
    }
    this.delegate.choiceChanged(name)
  }
}

/** @param {{getItem: (key: string) => string | null} | null} storage */
function read(storage) {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? "{}") ?? {}
  } catch {
    return {}
  }
}

/** Only what is still valid. @param {Record<string, unknown>} stored @returns {Partial<Values>} */
function sound(stored) {
  return Object.fromEntries(Object.entries(stored).filter(([name, value]) => VALID[/** @type {keyof Values} */ (name)]?.(value)))
}
