// What has been heard of the assistant: told to the server, to the captions and to the counters.

export class PlaybackReports {
  /**
   * @param {import("./transport.js").Transport} transport
   * @param {{pace: import("../models/caption-pace.js").CaptionPace, stats: import("../models/stats.js").Stats, keeper:
   *   import("../history/history-keeper.js").HistoryKeeper}} parts
   * @param {{captionMoved: () => void, callChanged: () => void}} delegate
   */
  constructor(transport, { pace, stats, keeper }, delegate) {
    this.keeper = keeper
    this.uplink = transport.uplink
    this.receipts = transport.downlink.receipts
    this.pace = pace
    this.stats = stats
    this.delegate = delegate
  }

  // Player delegate

  /** @param {string} item */
  playbackStarted(item) {
    this.stats.playbackStarted(item)
    this.delegate.captionMoved()
  }

  /**
   * @param {string} item
   * @param {number} playedMs
   * @param {number} heardMs
   * @param {number} rms
   */
  playbackMoved(item, playedMs, heardMs, rms) {
    this.stats.playbackMoved(item, playedMs, heardMs)
    this.stats.levelMeasured(rms)
    this.receipts.playbackMoved(item, heardMs)
    this.pace.heard(item, heardMs)
    this.keeper.recorder?.playbackMoved(item, heardMs)
    this.delegate.captionMoved()
  }

  /** @param {string} item @param {number} heardMs */
  playbackHeard(item, heardMs) {
    this.uplink.sendHeard(item, heardMs)
  }

  /** @param {string} item */
  playbackEnded(item) {
    this.receipts.soundOver(item)
    this.pace.ended(item)
    this.stats.latencies.playbackEnded(item)
    this.delegate.captionMoved()
    this.delegate.callChanged()
  }

  /** Its words show as they come. @param {string} item @param {number} ms */
  playbackMissed(item, ms) {
    this.receipts.playbackMoved(item, ms)
    this.pace.ended(item)
    this.keeper.recorder?.playbackMoved(item, ms)
    this.delegate.captionMoved()
  }

  /** @param {string} item @param {number} heardMs */
  playbackFlushed(item, heardMs) {
    this.uplink.sendFlushed(item, heardMs)
  }

  /** @param {string} item */
  playbackHeld(item) {
    this.keeper.recorder?.playbackUnderran(item)
  }

  /** @param {string} item */
  playbackUnderran(item) {
    this.stats.underruns++
    this.keeper.recorder?.playbackUnderran(item)
  }
}
