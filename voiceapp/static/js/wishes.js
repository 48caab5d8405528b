// What the person wants of the session: told to the server at the start of a call, and while it goes on whenever it
// changes. What a session is made of takes another session, which the person asks for; the talk goes on in it.

/** A slider moves in many steps. */
const WAIT_MS = 200
const TURN = ["mode", "threshold", "silence_ms", "prefix_ms", "idle_ms", "eagerness"]
const MAKING = /** @type {const} */ (["persona", "profile", "model", "voice", "instructions"])

export class Wishes {
  /** As the server was told last. @type {string | undefined} */
  told = undefined
  /** What the session that goes on was made of. */
  made = ""
  /** Another session was asked for and has not taken over yet. */
  renewing = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined

  /**
   * @param {import("./transport.js").Transport} transport
   * @param {import("./choices.js").Choices} choices
   */
  constructor(transport, choices) {
    this.transport = transport
    this.choices = choices
  }

  /** What a session is made of, as far as it was chosen. */
  get making() {
    const { values } = this.choices
    return Object.fromEntries(MAKING.filter(name => values[name]).map(name => [name, values[name]]))
  }

  /** Something was chosen that the session that goes on is not made of. */
  get pending() {
    return this.transport.live && !this.renewing && JSON.stringify(this.making) !== this.made
  }

  /** The call, with what was chosen. @param {boolean} greet the assistant may speak first */
  start(greet) {
    const { language, greet: wanted } = this.choices.values
    this.#note()
    this.renewing = false
    const first = greet && wanted ? {} : { greet: false }
    this.transport.start({ ...this.making, ...this.#live, ...language ? { language } : {}, ...first })
  }

  /** @param {string} name of a choice */
  choiceChanged(name) {
    if (name === "language") this.#tellLanguage()
    if (!TURN.includes(name)) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell(), name === "mode" ? 0 : WAIT_MS)
  }

  /** What has changed since it was told, if a call is live. */
  tell() {
    const words = JSON.stringify(this.#live)
    if (words === "{}" || words === this.told || !this.transport.live) return
    this.told = words
    this.transport.configure(this.#live)
  }

  /** Another session, made of what is chosen now. */
  renew() {
    if (!this.pending) return
    this.made = JSON.stringify(this.making)
    this.renewing = true
    this.transport.configure({ ...this.making, ...this.#live })
  }

  /** The other session took over. */
  renewed() {
    this.renewing = false
  }

  /** It could not be had: what is chosen still waits. */
  notRenewed() {
    if (!this.renewing) return
    this.renewing = false
    this.made = ""
  }

  get #live() {
    const { turn } = this.choices
    return turn ? { turn } : {}
  }

  #note() {
    this.told = JSON.stringify(this.#live)
    this.made = JSON.stringify(this.making)
  }

  #tellLanguage() {
    const { language } = this.choices.values
    if (language && this.transport.live) this.transport.configure({ language })
  }
}
