// A call of a talk that is over, as it was kept: it stands where it stands, and nothing of it changes.

/** @typedef {import("./transcript.js").Entry} Entry */
/** @typedef {import("./breaks.js").Break} Break */
/** @typedef {Omit<Entry, "key" | "version">} PastEntry */

export class PastSegment {
  /**
   * @param {number} index
   * @param {PastEntry[]} entries
   * @param {Break | null} opening what stands above it
   */
  constructor(index, entries, opening) {
    this.entries = entries
    this.index = index
    this.opening = opening
  }

  get empty() {
    return this.entries.length === 0
  }

  /** @returns {Entry[]} */
  get ordered() {
    return this.entries.map(
      entry => ({ ...entry, key: `${this.index}/${entry.id}`, version: 0, breaks: [...entry.breaks], past: true })
    )
  }
}
