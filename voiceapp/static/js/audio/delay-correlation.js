// How closely one level follows another, and how late: their correlation at each delay, over a memory that fades. The
// sums go on from frame to frame, so that a frame costs a few operations for each delay and never more.

/** What each frame adds: the memory is of about a second. */
const FRESH = 0.01
/** Where one of them stands still there is nothing to follow: the variance of one times that of the other. */
const STILL = 100

export class DelayCorrelation {
  /** At the delay where it is closest: 0 to 1. */
  best = 0
  at = 0
  level = 0
  square = 0

  /** @param {number} delays */
  constructor(delays) {
    // Of the one that leads, the latest first; then what goes on of both, for each delay.
    this.levels = new Float32Array(delays)
    this.means = new Float32Array(delays)
    this.squares = new Float32Array(delays)
    this.products = new Float32Array(delays)
  }

  /** In decibels above what counts as silence. @param {number} follower @param {number} leader */
  add(follower, leader) {
    this.level = faded(this.level, follower)
    this.square = faded(this.square, follower ** 2)
    push(this.levels, leader)
    push(this.means, faded(this.means[0], leader))
    push(this.squares, faded(this.squares[0], leader ** 2))
    this.best = 0
    for (let at = 0; at < this.products.length; at++) {
      this.products[at] = faded(this.products[at], follower * this.levels[at])
      const alike = this.#alike(at)
      if (alike <= this.best) continue
      this.best = alike
      this.at = at
    }
  }

  /** @param {number} at */
  #alike(at) {
    const spread = (this.square - this.level ** 2) * (this.squares[at] - this.means[at] ** 2)
    return spread < STILL ? 0 : (this.products[at] - this.level * this.means[at]) / Math.sqrt(spread)
  }
}

/** @param {number} before @param {number} now */
function faded(before, now) {
  return before + FRESH * (now - before)
}

/** @param {Float32Array} history @param {number} latest */
function push(history, latest) {
  history.copyWithin(1, 0)
  history[0] = latest
}
