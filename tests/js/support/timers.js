// Timers that a test fires by hand, the next one first, and can count.

const NAMES = [
  "setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "cancelAnimationFrame"
]
const FRAME_MS = 16

export class Timers {
  now = 0
  last = 0
  /** @type {Map<number, {due: number, every: number | null, act: () => void}>} */
  waiting = new Map()
  before = Object.fromEntries(NAMES.map(name => [name, globalThis[name]]))

  constructor() {
    const clear = id => this.waiting.delete(id)
    Object.assign(globalThis, {
      setTimeout: (act, ms = 0, ...rest) => this.#add(ms, null, () => act(...rest)),
      setInterval: (act, ms = 0, ...rest) => this.#add(ms, ms, () => act(...rest)),
      requestAnimationFrame: act => this.#add(FRAME_MS, null, () => act(this.now)),
      clearTimeout: clear, clearInterval: clear, cancelAnimationFrame: clear
    })
  }

  #add(ms, every, act) {
    this.waiting.set(++this.last, { due: this.now + ms, every, act })
    return this.last
  }

  /** Says whether there was one. */
  fire() {
    const [next] = [...this.waiting].sort(([, a], [, b]) => a.due - b.due)
    if (!next) return false
    const [id, { due, every, act }] = next
    this.now = due
    every === null ? this.waiting.delete(id) : this.waiting.set(id, { due: due + every, every, act })
    act()
    return true
  }

  restore() {
    Object.assign(globalThis, this.before)
  }
}
