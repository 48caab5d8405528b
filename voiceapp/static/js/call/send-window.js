// Numbers the chunks that go up and bounds what is unconfirmed. A chunk that is refused takes no number, so the numbers
// have no hole; what is in flight is counted in chunks really sent, so a refusal can never block the ones after it.

const MAX_MS = 1500

export class SendWindow {
  number = 0
  /** @type {{n: number, ms: number, at: number}[]} */
  inFlight = []

  reset() {
    this.number = 0
    this.inFlight = []
  }

  get inFlightMs() {
    return this.inFlight.reduce((sum, chunk) => sum + chunk.ms, 0)
  }

  /**
   * The number of a chunk that may be sent now, or null.
   * @param {number} ms
   * @param {number} at now
   */
  take(ms, at) {
    if (this.inFlightMs + ms > MAX_MS) return null
    this.inFlight.push({ n: ++this.number, ms, at })
    return this.number
  }

  /** When the chunk was sent, if it was in flight. @param {number} n */
  acknowledged(n) {
    const at = this.inFlight.find(chunk => chunk.n === n)?.at
    this.inFlight = this.inFlight.filter(chunk => chunk.n > n)
    return at
  }
}
