// Whoever clicks twice, or holds a key down, means one thing and not its opposite.

const DOUBLE_MS = 400

export class Presses {
  last = -Infinity

  /** Whether this one belongs to the press before. @param {{timeStamp: number, detail: number}} event */
  same({ timeStamp, detail }) {
    const same = detail > 1 || timeStamp - this.last < DOUBLE_MS
    this.last = timeStamp
    return same
  }
}
