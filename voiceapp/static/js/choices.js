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

/** @typedef {keyof typeof RANGES} Slider */

/**
 * @typedef {object} Values
 * @property {string} mode how a turn ends
 * @property {number} threshold
 * @property {number} silence_ms
 * @property {number} prefix_ms
 * @property {string} eagerness
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
 */

/** @type {Values} */
const USUAL = {
  mode: "server_vad", threshold: RANGES.threshold.usual, silence_ms: RANGES.silence_ms.usual, prefix_ms: RANGES.prefix_ms.usual,
  eagerness: "auto", space: false, half_duplex: false, guard: true, headphones: null, volume: 1, microphone: "", speaker: "",
  keep: "nothing", theme: "auto", captions: "normal", keys: false
}

const flag = (/** @type {unknown} */ value) => typeof value === "boolean"
const id = (/** @type {unknown} */ value) => typeof value === "string" && value.length < 200
const between = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {unknown} */ value) => typeof value === "number" && value >= least && value <= most
const within = (/** @type {Slider} */ name) => between(RANGES[name].least, RANGES[name].most)
const oneOf = (/** @type {string[]} */ words) => (/** @type {unknown} */ value) => words.includes(/** @type {string} */ (value))

/** @type {Record<keyof Values, (value: unknown) => boolean>} */
const VALID = {
  mode: oneOf(MODES), threshold: within("threshold"), silence_ms: within("silence_ms"), prefix_ms: within("prefix_ms"),
  eagerness: oneOf(EAGERNESS), space: flag, half_duplex: flag, guard: flag, headphones: flag, volume: between(0, 1), microphone: id, speaker: id,
  keep: oneOf(["nothing", "text", "sound"]), theme: oneOf(["auto", "light", "dark"]), captions: oneOf(["normal", "large", "huge"]), keys: flag
}

/** @type {Record<string, (keyof Values)[]>} what each mode can be told */
const FIELDS = { server_vad: ["threshold", "silence_ms", "prefix_ms"], semantic_vad: ["eagerness"], push_to_talk: [] }

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
  }

  /** @type {Values} */
  get values() {
    return { ...USUAL, ...this.chosen }
  }

  /** As `start` and `configure` carry it; undefined where nothing was chosen. */
  get turn() {
    const { mode } = this.values
    const fields = Object.entries(this.chosen).filter(([name]) => FIELDS[mode].includes(/** @type {keyof Values} */ (name)))
    return "mode" in this.chosen || fields.length ? { mode, ...Object.fromEntries(fields) } : undefined
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
    const { threshold: _t, silence_ms: _s, prefix_ms: _p, ...rest } = this.chosen
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
