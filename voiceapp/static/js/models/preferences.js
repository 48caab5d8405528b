// What a person chose on this page, each preference remembered by itself: so no tab undoes what another one changed.
// What was never chosen is left to the server.

/** Before its name; without one, all of them in one, as older pages kept them. */
const KEY = "voiceapp"
const keyOf = (/** @type {string} */ name) => `${KEY}.${name}`

export const MODES = ["server_vad", "semantic_vad", "push_to_talk"]
export const NOISES = ["auto", "near", "far", "off"]
export const EAGERNESS = ["auto", "low", "medium", "high"]

/** As docs/wire.md has them: outside of these speech is cut off or never ends. */
export const RANGES = {
  threshold: { min: 0.1, max: 0.9, step: 0.05, default: 0.5 },
  silence_ms: { min: 200, max: 2000, step: 50, default: 500 },
  prefix_ms: { min: 0, max: 1000, step: 50, default: 300 }
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
 * @property {boolean} at_once whoever speaks into an answer interrupts it, whatever they say
 * @property {boolean} tool_sound a soft sound while a tool works
 * @property {boolean} guard against the assistant hearing itself
 * @property {boolean | null} headphones null: guess
 * @property {number} volume 0 to 1
 * @property {string} microphone a device's id; empty: the default
 * @property {string} speaker
 * @property {string} noise how far the microphone is, for the service's noise reduction; auto: as its name tells
 * @property {string} keep what of a talk stays in this browser
 * @property {string} theme
 * @property {string} captions
 * @property {boolean | null} text the words are shown; null: where there is room beside the voice, and after it
 * @property {boolean} keys single keys do something
 * @property {string} preflight what became of the check before the first call; empty: not yet offered or taken
 */

/** @type {Values} */
const DEFAULTS = {
  mode: "server_vad", threshold: RANGES.threshold.default, silence_ms: RANGES.silence_ms.default,
  prefix_ms: RANGES.prefix_ms.default,
  idle_ms: null, eagerness: "auto", persona: "", profile: "", model: "", voice: "", instructions: "", language: "",
  greet: true, chunk_ms: 0, space: false, half_duplex: false, at_once: false, guard: true, headphones: null,
  volume: 1, tool_sound: true, microphone: "", speaker: "", noise: "auto",
  keep: "nothing", theme: "auto", captions: "normal", text: null, keys: false, preflight: ""
}

const flag = (/** @type {unknown} */ value) => typeof value === "boolean"
const id = (/** @type {unknown} */ value) => typeof value === "string" && value.length < 200
const named = (/** @type {unknown} */ value) => id(value) && value !== ""
const like = (/** @type {RegExp} */ pattern) => (/** @type {unknown} */ value) =>
  typeof value === "string" && pattern.test(value)
const between = (/** @type {number} */ min, /** @type {number} */ max) => (/** @type {unknown} */ value) =>
  typeof value === "number" && value >= min && value <= max
const within = (/** @type {Slider} */ name) => between(RANGES[name].min, RANGES[name].max)
const oneOf = (/** @type {string[]} */ words) => (/** @type {unknown} */ value) =>
  words.includes(/** @type {string} */ (value))

/** @type {Record<keyof Values, (value: unknown) => boolean>} */
const VALID = {
  mode: oneOf(MODES), threshold: within("threshold"), silence_ms: within("silence_ms"), prefix_ms: within("prefix_ms"),
  idle_ms: value => IDLES.includes(/** @type {number} */ (value)), eagerness: oneOf(EAGERNESS),
  persona: named, profile: named, model: id, voice: id,
  instructions: value => typeof value === "string" && value.length <= 20000, language: like(LANGUAGE), greet: flag,
  chunk_ms: value => CHUNKS.includes(/** @type {number} */ (value)), space: flag, half_duplex: flag, guard: flag,
  at_once: flag, headphones: flag, volume: between(0, 1), tool_sound: flag, microphone: id, speaker: id,
  noise: oneOf(NOISES),
  keep: oneOf(["nothing", "text", "sound"]), theme: oneOf(["auto", "light", "dark"]),
  captions: oneOf(["normal", "large", "huge"]), text: flag, keys: flag, preflight: oneOf(["", "skipped", "done"])
}

/** @type {Record<string, (keyof Values)[]>} what each mode can be told */
const FIELDS = {
  server_vad: ["threshold", "silence_ms", "prefix_ms", "idle_ms"], semantic_vad: ["eagerness"], push_to_talk: []
}

export class Preferences {
  /**
   * @param {Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem"> | null} storage
   * @param {{preferenceChanged: (name: keyof Values) => void}} delegate
   */
  constructor(storage, delegate) {
    this.storage = storage
    this.delegate = delegate
    /** @type {Partial<Values>} */
    this.chosen = remembered(storage)
    /** What a link changed, as it was before. @type {Partial<Values> | null} */
    this.before = null
    /** What this server has where nothing was chosen. @type {Partial<Values>} */
    this.offered = {}
    /** How the chosen persona takes turns. @type {Partial<Values>} */
    this.suggested = {}
  }

  /** @type {Values} */
  get values() {
    return { ...DEFAULTS, ...this.offered, ...this.suggested, ...this.chosen }
  }

  /** @param {Partial<Values>} defaults */
  offer(defaults) {
    this.offered = defaults
  }

  /** @param {Partial<Values> | null} turn */
  suggest(turn) {
    this.suggested = valid(turn ?? {})
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
    if (VALID[name](value) && this.values[name] !== value) this.#put({ [name]: value })
  }

  /** It is not on offer any more. @param {keyof Values} name */
  unchoose(name) {
    if (name in this.chosen) this.#put({ [name]: undefined })
  }

  /** All that was ever chosen here. */
  forget() {
    this.before = null
    this.#put(Object.fromEntries(namesIn(this.chosen).map(name => [name, undefined])))
  }

  /** What of a link is valid. Says how many there were. @param {Record<string, unknown>} shared */
  adopt(shared) {
    const accepted = valid(shared)
    const { values } = this
    const changed = /** @type {Partial<Values>} */ (Object.fromEntries(
      Object.entries(accepted).filter(([name, value]) => values[/** @type {keyof Values} */ (name)] !== value)
    ))
    this.before = Object.fromEntries(namesIn(changed).map(name => [name, this.chosen[name]]))
    this.#put(changed)
    return namesIn(accepted).length
  }

  /** As it was before the link. */
  undo() {
    this.#put(this.before ?? {})
    this.before = null
  }

  /** Another tab has changed one, or all of them. @param {string | null} key */
  stored(key) {
    if (key !== null && !key.startsWith(keyOf(""))) return
    const chosen = remembered(this.storage)
    const names = namesIn({ ...this.chosen, ...chosen }).filter(name => this.chosen[name] !== chosen[name])
    this.chosen = chosen
    names.forEach(name => this.delegate.preferenceChanged(name))
  }

  /** The sliders back to where they were. */
  reset() {
    this.#put(
      { threshold: undefined, silence_ms: undefined, prefix_ms: undefined, idle_ms: undefined, mode: "server_vad" }
    )
  }

  /** All first, then each is told of. @param {Partial<Values>} changes undefined: not chosen any more */
  #put(changes) {
    const names = namesIn(changes).filter(name => this.chosen[name] !== changes[name])
    this.chosen = /** @type {Partial<Values>} */ (
      Object.fromEntries(Object.entries({ ...this.chosen, ...changes }).filter(([, value]) => value !== undefined))
    )
    for (const name of names) remember(this.storage, name, changes[name])
    names.forEach(name => this.delegate.preferenceChanged(name))
  }
}

/** @param {object} values */
function namesIn(values) {
  return /** @type {(keyof Values)[]} */ (Object.keys(values))
}

/** @param {Preferences["storage"]} storage @param {string} name @param {unknown} value */
function remember(storage, name, value) {
  try {
    if (value === undefined) storage?.removeItem(keyOf(name))
    else storage?.setItem(keyOf(name), JSON.stringify(value))
  } catch {
    // A browser that keeps nothing: chosen for as long as the page is open.
  }
}

/** @param {Preferences["storage"]} storage */
function remembered(storage) {
  partOld(storage)
  return valid(Object.fromEntries(namesIn(VALID).map(name => [name, read(storage, keyOf(name))])))
}

/** What an older page kept in one is kept by name. @param {Preferences["storage"]} storage */
function partOld(storage) {
  const old = read(storage, KEY)
  if (old === undefined) return
  for (const [name, value] of Object.entries(valid(old ?? {})))
    if (read(storage, keyOf(name)) === undefined) remember(storage, name, value)
  try {
    storage?.removeItem(KEY)
  } catch {
    // As above.
  }
}

/** @param {Preferences["storage"]} storage @param {string} key */
function read(storage, key) {
  try {
    const text = storage?.getItem(key) ?? null
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Only what is still valid. @param {Record<string, unknown>} stored @returns {Partial<Values>} */
function valid(stored) {
  return Object.fromEntries(
    Object.entries(stored).filter(([name, value]) => VALID[/** @type {keyof Values} */ (name)]?.(value))
  )
}
