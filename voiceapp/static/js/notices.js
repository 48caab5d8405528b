// What the person should know, in plain words: the page's own for a code it knows, else the server's.

const MOST = 3
const USUAL_WAIT_S = 15

/** @typedef {{code: string, title: string, next: string, fatal: boolean, times: number}} Notice */

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
  add({ code, message = "", fatal = false, after_s: seconds = null }) {
    const times = (this.all.find(notice => notice.code === code)?.times ?? 0) + 1
    const others = this.all.filter(notice => notice.code !== code)
    this.all = [...others, { code, ...this.#word(code, message, seconds ?? USUAL_WAIT_S), fatal, times }].slice(-MOST)
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
   * @param {number} seconds to wait before one tries again
   */
  #word(code, message, seconds) {
    if (!this.words.has(`notice.${code}.title`)) return { title: this.words.say("notice.other.title"), next: message }
    return { title: this.words.say(`notice.${code}.title`), next: this.words.say(`notice.${code}.next`, { seconds }) }
  }
}
