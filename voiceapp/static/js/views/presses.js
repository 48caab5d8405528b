// Whoever clicks twice, taps twice, or holds a key down, means one thing and not its opposite.

const DOUBLE_MS = 400

export class Presses {
  last = -Infinity

  /**
   * Whether this click belongs to the one before.
   * @param {{timeStamp: number, detail: number, pointerType?: string}} event
   */
  same({ timeStamp, detail, pointerType }) {
    // Not every browser counts taps.
    const again = detail > 1 || (pointerType === "touch" && timeStamp - this.last < DOUBLE_MS)
    this.last = timeStamp
    return again
  }
}
