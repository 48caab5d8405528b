// What the person should know, in plain words: the page's own for a code it knows, else the server's.

const MOST = 3

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
  add({ code, message = "", fatal = false }) {
    const times = (this.all.find(notice => notice.code === code)?.times ?? 0) + 1
    const others = this.all.filter(notice => notice.code !== code)
    this.all = [...others, { code, ...this.#word(code, message), fatal, times }].slice(-MOST)
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
   */
  #word(code, message) {
    if (!this.words.has(`notice.${code}.title`)) return { title: this.words.say("notice.other.title"), next: message }
    return { title: this.words.say(`notice.${code}.title`), next: this.words.say(`notice.${code}.next`) }
  }
}
