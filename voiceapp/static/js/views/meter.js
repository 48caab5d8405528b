// How long the call has lasted and what it costs. What draws that is loaded with the first call: before it nothing is
// used.

export class Meter {
  /** @type {import("./usage-view.js").UsageView | undefined} */
  view
  /** It is on its way, or here. */
  wanted = false
  /** It did not come. */
  failed = false

  /**
   * @param {import("../models/usage-model.js").UsageModel} usageModel
   * @param {import("../browser/i18n.js").Words} words
   * @param {() => number} now milliseconds, of the usage model's clock
   * @param {{partMissing: () => void}} delegate
   */
  constructor(usageModel, words, now, delegate) {
    this.usageModel = usageModel
    this.words = words
    this.now = now
    this.delegate = delegate
  }

  render() {
    if (this.usageModel.since !== null) this.#load()
    // What did not come may come with the next call.
    else if (this.failed) this.wanted = this.failed = false
    this.view?.render()
  }

  async #load() {
    if (this.wanted) return
    this.wanted = true
    try {
      const [{ UsageView }] = await Promise.all([import("./usage-view.js"), this.words.more("usage")])
      this.view = new UsageView(this.usageModel, this.words, this.now)
      this.view.start()
      this.view.render()
    } catch {
      this.failed = true
      this.delegate.partMissing()
    }
  }
}
