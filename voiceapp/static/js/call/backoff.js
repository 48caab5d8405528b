// When a line that is lost is tried again: at once, and then less and less often, never two pages in step.

const FIRST_MS = 300
const MOST_MS = 3000

export class Backoff {
  tries = 0

  /** @param {() => number} [random] 0 to 1 */
  constructor(random = Math.random) {
    this.random = random
  }

  /** A call goes on over the line. */
  reset() {
    this.tries = 0
  }

  /** Milliseconds until the next try. */
  next() {
    const tries = this.tries++
    return tries === 0 ? 0 : Math.min(MOST_MS, FIRST_MS * 2 ** (tries - 1)) * (0.75 + this.random() / 2)
  }
}
