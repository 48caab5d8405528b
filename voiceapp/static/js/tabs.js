// One call in all tabs of a browser: two that both talk would hear each other. The call that began last stays.

/** @typedef {{at: number, by: string}} Claim when a call began, in unix milliseconds, and whose it is */

export class Tabs {
  /** @type {Claim | null} */
  mine = null

  /**
   * @param {{postMessage: (claim: Claim) => void, onmessage: ((event: any) => void) | null}} channel to the other tabs, not back to this one
   * @param {string} name of this tab, unlike any other's
   * @param {{callTaken: () => void}} delegate
   */
  constructor(channel, name, delegate) {
    this.channel = channel
    this.name = name
    this.delegate = delegate
    channel.onmessage = event => this.#heard(event.data)
  }

  /** A call begins here. @param {number} at unix milliseconds */
  claim(at) {
    this.mine = { at, by: this.name }
    this.channel.postMessage(this.mine)
  }

  /** It is over. */
  release() {
    this.mine = null
  }

  /** @param {Claim} claim */
  #heard(claim) {
    if (!this.mine || !isLater(claim, this.mine)) return
    this.release()
    this.delegate.callTaken()
  }
}

/** Of two that began at once both tabs must choose the same. @param {Claim} one @param {Claim} other */
function isLater(one, other) {
  return one.at === other.at ? one.by > other.by : one.at > other.at
}
