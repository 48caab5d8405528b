// What a call has taken so far and may still take: time, tokens, money.

export class Meter {
  /** @type {number | null} */
  since = null
  model = ""
  /** @type {number | null} unix milliseconds */
  expires = null
  /** @type {import("./wire.js").Tokens | null} */
  tokens = null
  /** @type {import("./wire.js").Cost | null} */
  cost = null
  /** @type {import("./wire.js").Limits | null} */
  limits = null

  /** @param {import("./wire.js").Ready} ready @param {number} now unix milliseconds */
  begin({ model, expires_at: expires }, now) {
    Object.assign(this, { since: now, model, expires: expires === null ? null : expires * 1000, tokens: null, cost: null })
  }

  end() {
    this.since = null
  }

  /** @param {number} now unix milliseconds */
  elapsed(now) {
    return this.since === null ? 0 : now - this.since
  }

  /** Milliseconds until the call must end, null where nothing ends it. @param {number} now unix milliseconds */
  left(now) {
    const ends = [this.expires, this.since !== null && this.limits?.call_s ? this.since + 1000 * this.limits.call_s : null]
    const least = Math.min(...ends.map(end => end ?? Infinity))
    return Number.isFinite(least) ? Math.max(0, least - now) : null
  }
}

/** Minutes and seconds, or hours too. @param {number} ms */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map(part => String(part).padStart(2, "0"))
  const hours = Math.floor(seconds / 3600)
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`
}
