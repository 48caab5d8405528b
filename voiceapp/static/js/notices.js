// What the person should know, in plain words: the page's own for a code it knows, else the server's.

const MOST = 3
const USUAL_WAIT_S = 15

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
  add({ code, message = "", fatal = false, after_s: seconds = null, progress = null }) {
    const times = (this.all.find(notice => notice.code === code)?.times ?? 0) + 1
    const others = this.all.filter(notice => notice.code !== code)
    this.all = [...others, { code, ...this.#word(code, message, { seconds: seconds ?? USUAL_WAIT_S, ...progress }), fatal, times }].slice(-MOST)
    this.delegate.noticesChanged()
  }

  /** @param {string} code */
  dismiss(code) {
    this.all = this.all.filter(notice => notice.code !== code)
    this.delegate.noticesChanged()
  }

  clear() {
    this.all = []
    this.delegate.noticesChanged()
  }

  /**
   * @param {string} code
   * @param {string} message
   * @param {{seconds: number, part?: string, done?: number, of?: number}} values to wait before one tries again; how far it is
   */
  #word(code, message, values) {
    if (!this.words.has(`notice.${code}.title`)) return { title: this.words.say("notice.other.title"), next: message, progress: "" }
    const [title, next] = ["title", "next"].map(kind => this.words.say(`notice.${code}.${kind}`, values))
    return { title, next, progress: values.part ? this.#howFar(code, values) : "" }
  }

  /**
   * @param {string} code
   * @param {{part?: string, done?: number, of?: number}} values
   */
  #howFar(code, { part, done = 0, of = 0 }) {
    return this.words.say(`notice.${code}.progress`, { part: this.words.say(`engine.part.${part}`), done, of })
  }
}
