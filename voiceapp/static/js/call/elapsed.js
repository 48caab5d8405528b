// How long ago something was. Some systems stop the page's clock while the computer sleeps, and people set the other
// one:
// the longer time counts.

export class Elapsed {
  at = 0
  wallAt = 0

  /**
   * @param {() => number} now milliseconds of the page
   * @param {() => number} [wall] milliseconds of the calendar
   */
  constructor(now, wall = Date.now) {
    this.now = now
    this.wall = wall
    this.restart()
  }

  restart() {
    this.at = this.now()
    this.wallAt = this.wall()
  }

  get ms() {
    return Math.max(this.now() - this.at, this.wall() - this.wallAt)
  }
}
