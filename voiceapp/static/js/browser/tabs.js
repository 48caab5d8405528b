// One call in all tabs of a browser: two that both talk would hear each other. The call that began last stays. Which
// that
// is the browser decides, by one lock that each new call takes from the one before: no clock is asked.

const NAME = "voiceapp-call"

export class Tabs {
  /** Gives back what was claimed last. */
  release = () => {}

  /**
   * @param {Pick<LockManager, "request"> | undefined} locks of the browser; where it has none there is nobody to tell
   * @param {{callTaken: () => void}} delegate
   */
  constructor(locks, delegate) {
    this.locks = locks
    this.delegate = delegate
  }

  /** A call begins here. */
  claim() {
    this.release()
    let mine = true
    const over = new Promise(resolve => {
      this.release = () => { mine = false; resolve(null) }
    })
    this.locks?.request(NAME, { steal: true }, () => over).catch(error => {
      // Anything else is a browser that forbids it.
      if (mine && error.name === "AbortError") this.delegate.callTaken()
    })
  }
}
