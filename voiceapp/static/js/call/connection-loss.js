// What is said of a line that is away, once for each stage, and when the microphone is let go meanwhile: nobody is to
// be heard later who was not asked again.

const LASTING_MS = 20_000

export class ConnectionLoss {
  /** The notice that tells of it. */
  told = ""

  /**
   * @param {{add: (trouble: {code: string}) => void, over: (end: "lineBack") => void}} notices
   * @param {{graceMs: number}} resumption how long whoever was in the call is still heard
   * @param {{awayForLong: () => void}} delegate
   */
  constructor(notices, resumption, delegate) {
    this.notices = notices
    this.resumption = resumption
    this.delegate = delegate
  }

  /** @param {number} awayMs so far */
  stillAway(awayMs) {
    if (awayMs >= this.resumption.graceMs) this.delegate.awayForLong()
    this.#tell(awayMs >= LASTING_MS ? "connection_away" : "connection_lost")
  }

  /** @param {number} awayMs in all */
  back(awayMs) {
    if (awayMs >= this.resumption.graceMs) this.delegate.awayForLong()
    this.#tell("")
  }

  /** Whoever has put it away has read it. @param {string} code */
  #tell(code) {
    if (code === this.told) return
    if (this.told) this.notices.over("lineBack")
    this.told = code
    if (code) this.notices.add({ code })
  }
}
