// A browser's locks for tests in Node, as far as one that is stolen goes (Web Locks, "request a lock" and "release").
// What was asked for is granted when `grant` is called, in the order of the asking, whichever tab asked.

export class Locks {
  /** @type {{reject: (error: Error) => void} | null} */
  held = null
  waiting = []

  /** @param {string} _name @param {{steal: boolean}} _options @param {() => Promise<unknown>} act */
  request(_name, _options, act) {
    return new Promise((resolve, reject) => this.waiting.push({ act, resolve, reject }))
  }

  async grant() {
    for (const lock of this.waiting.splice(0)) {
      this.held?.reject(new DOMException("", "AbortError"))
      this.held = lock
      lock.act().then(value => { if (this.held === lock) this.held = null; lock.resolve(value) })
    }
    for (let i = 0; i < 10; i++) await null
  }
}
