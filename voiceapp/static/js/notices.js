// What the person should know, in plain words: the page's own for a code it knows, else the server's.

const MOST = 3
const USUAL_WAIT_S = 15
/** True only as long as there is a call. */
const OF_A_CALL = ["idle_soon", "call_ending", "budget_low", "engine_starting", "upstream_starting", "reconnected", "microphone_lost", "microphone_replaced", "microphone_shut", "sound_dropped"]

/** @typedef {{code: string, title: string, next: string, progress: string, fatal: boolean, times: number}} Notice `progress` moves while it stands */

export class Notices {
  /** @type {Notice[]} */
  all = []

  /**
   * @param {import("./i18n.js").Words} words
   * @param {{noticesChanged: () => void}} delegate
   */
  constructor(words, delegate) {
    this.words = words
    this.delegate = delegate
  }

  /** @param {import("./wire.js").Trouble} trouble */
  add(trouble) {
    const { code, fatal = false } = trouble
    const times = (this.all.find(notice => notice.code === code)?.times ?? 0) + 1
    const others = this.all.filter(notice => notice.code !== code)
    this.all = [...others, { code, ...this.#word(trouble), fatal, times }].slice(-MOST)
    this.delegate.noticesChanged()
  }

  /** @param {string} code */
  dismiss(code) {
    this.all = this.all.filter(notice => notice.code !== code)
    this.delegate.noticesChanged()
  }

  /** What was about the call is no longer so. */
  callEnded() {
    this.all = this.all.filter(({ code, fatal }) => fatal || !OF_A_CALL.includes(code))
    this.delegate.noticesChanged()
  }

  clear() {
    this.all = []
    this.delegate.noticesChanged()
  }

  /** @param {import("./wire.js").Trouble} trouble */
  #word({ code, message = "", after_s: seconds, progress, host = "", origin = "", param }) {
    if (!this.words.has(`notice.${code}.title`)) return { title: this.words.say("notice.other.title"), next: message, progress: "" }
    const values = { seconds: seconds ?? USUAL_WAIT_S, host, origin, ...param ? { param } : {} }
    const [title, next] = ["title", this.#kind(code, values)].map(kind => this.words.say(`notice.${code}.${kind}`, values))
    return { title, next, progress: progress ? this.#howFar(code, progress) : "" }
  }

  /** What can be named is. @param {string} code @param {{host: string, origin: string, param?: string}} values */
  #kind(code, values) {
    if (differs(values)) return "compared"
    return values.param && this.words.has(`notice.${code}.param`) ? "param" : "next"
  }

  /**
   * @param {string} code
   * @param {{part?: string, done?: number, of?: number}} values
   */
  #howFar(code, { part, done = 0, of = 0 }) {
    return this.words.say(`notice.${code}.progress`, { part: this.words.say(`engine.part.${part}`), done, of })
  }
}

/** The server was asked by another name than the browser. @param {{host: string, origin: string}} compared */
function differs({ host, origin }) {
  return host !== "" && origin.includes("://") && !origin.endsWith(`://${host}`)
}
