// What a call has taken so far and may still take: time, tokens, money. `now` is in milliseconds of a clock that nobody
// sets: the computer's own may be wrong, or be put right in the middle of a call.

/** From here on the time that is left is shown. */
const SHORT_MS = 300_000
/** The part of a day's budget at which people are warned. */
const LOW = 1 / 6

/**
 * @typedef {{kind: "time" | "money", left: number, whole: number, used: number, low: boolean}} Budget milliseconds, or
 *   money; `used` by this call
 */

export class UsageModel {
  /** @type {number | null} */
  since = null
  /** @type {number | null} milliseconds, of the call that is over */
  lasted = null
  model = ""
  /** @type {number | null} */
  expires = null
  /** @type {import("../wire.js").Usage | null} */
  usage = null
  /**
   * What the call had cost when its connection was lost, for it goes on;
   * @type {{total: number | null, estimated: boolean}}
   */
  earlier = { total: null, estimated: false }
  /** @type {import("../wire.js").Limits | null} */
  limits = null
  /** When the limits were told. */
  told = 0

  /** A call is asked for, and nothing is known of it yet. */
  reset() {
    Object.assign(this, {
      since: null, lasted: null, expires: null, usage: null, earlier: { total: null, estimated: false }, limits: null
    })
  }

  /**
   * It is live, for the first time or again: for the person it went on.
   * @param {import("../wire.js").Ready} ready
   * @param {number} now
   */
  begin({ model, expires_in_s: left = null }, now) {
    // What the answer cost that was cut off with the connection, nobody tells.
    const earlier = this.since === null ? this.earlier : { total: this.total, estimated: true }
    Object.assign(
      this, { since: this.since ?? now, model, expires: left === null ? null : now + 1000 * left, usage: null, earlier }
    )
  }

  /**
   * The page is back in it, maybe another page than the one that began it.
   * @param {import("../wire.js").Resumed} resumed
   * @param {number} now
   * @param {number} lastedMs so far
   */
  resume(resumed, now, lastedMs) {
    this.since ??= now - lastedMs
    this.renew(resumed, now)
  }

  /**
   * @param {Pick<import("../wire.js").Renewed, "model" | "expires_in_s">} renewed another session of the same call
   * @param {number} now
   */
  renew({ model, expires_in_s: left = null }, now) {
    Object.assign(this, { model, expires: left === null ? null : now + 1000 * left })
  }

  /** Money the call has cost so far, null where no price is known. */
  get total() {
    const now = this.usage?.cost?.total ?? null
    return now === null ? this.earlier.total : now + (this.earlier.total ?? 0)
  }

  /** Whether any of it is an estimate. */
  get estimated() {
    return this.earlier.estimated || Boolean(this.usage?.estimated)
  }

  get currency() {
    return this.usage?.cost?.currency ?? this.limits?.currency ?? "USD"
  }

  /** @param {number} now */
  end(now) {
    if (this.since === null) return
    this.lasted = this.elapsed(now)
    this.since = null
  }

  /** @param {import("../wire.js").Limits} limits @param {number} now */
  limit(limits, now) {
    this.limits = limits
    this.told = now
  }

  /** Somebody speaks: the silence is over. */
  wake() {
    if (this.limits) this.limits = { ...this.limits, idle_left_s: null }
  }

  /** @param {number} now */
  elapsed(now) {
    return this.since === null ? 0 : now - this.since
  }

  /** Milliseconds until the call must end, null where nothing ends it. @param {number} now */
  left(now) {
    const ends = [this.expires, this.#end(this.limits?.call_left_s ?? null)].filter(end => end !== null)
    return ends.length ? Math.max(0, Math.min(...ends) - now) : null
  }

  /** Milliseconds until silence ends the call, once it was warned of. @param {number} now */
  idleLeft(now) {
    const end = this.#end(this.limits?.idle_left_s ?? null)
    return end === null ? null : Math.max(0, end - now)
  }

  /** Milliseconds of the day's time, where it is told of as low. @param {number} now */
  #low(now) {
    const [day] = this.budgets(now)
    return day?.low && day.kind === "time" ? day.left : Infinity
  }

  /** What is soon over, if anything is, and before the day's time is. @param {number} now */
  short(now) {
    const low = this.#low(now)
    const idle = this.idleLeft(now)
    const left = this.left(now)
    if (idle !== null && idle < Math.min(left ?? Infinity, low)) return { ms: idle, idle: true }
    return left !== null && left < Math.min(SHORT_MS, low) ? { ms: left, idle: false } : null
  }

  /** Those of the day, the one that is short first before the other. @param {number} now @returns {Budget[]} */
  budgets(now) {
    if (!this.limits) return []
    const {
      left_s: left, budget_s: whole, used_s: used, left_money: leftMoney, budget_money: wholeMoney,
      used_money: usedMoney
    } = this.limits
    const since = this.since === null ? 0 : now - this.told
    const time = left === null || whole === null
      ? []
      : [budget("time", Math.max(0, 1000 * left - since), 1000 * whole, 1000 * used + since)]
    const money = leftMoney === null || wholeMoney === null ? [] : [budget("money", leftMoney, wholeMoney, usedMoney)]
    return [...time, ...money].sort((one, other) => one.left / one.whole - other.left / other.whole)
  }

  /** @param {number | null} seconds from when the limits were told */
  #end(seconds) {
    return seconds === null ? null : this.told + 1000 * seconds
  }
}

/** @param {"time" | "money"} kind @param {number} left @param {number} whole @param {number} used @returns {Budget} */
function budget(kind, left, whole, used) {
  return { kind, left, whole, used: Math.min(used, whole - left), low: left / whole <= LOW }
}

/** Minutes and seconds, or hours too. @param {number} ms */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map(part => String(part).padStart(2, "0"))
  const hours = Math.floor(seconds / 3600)
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`
}
