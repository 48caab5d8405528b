// What the parts of a talk took together, where its connection was lost in between and each has a count of its own.

/** @typedef {import("./talk.js").TalkUsage} TalkUsage */

/** @param {TalkUsage | null} earlier @param {TalkUsage} usage of the part that goes on @returns {TalkUsage} */
export function addUsage(earlier, usage) {
  if (!earlier) return usage
  const cost = sum(earlier.cost, usage.cost)
  return {
    tokens: sum(earlier.tokens, usage.tokens),
    transcription: sum(earlier.transcription ?? null, usage.transcription ?? null),
    // Of the latest answer.
    cost: cost && usage.cost ? { ...cost, turn: usage.cost.turn } : cost,
    estimated: Boolean(earlier.estimated || usage.estimated)
  }
}

/**
 * Numbers are added, lists joined; of anything else the later counts, where there is one.
 * @template T
 * @param {T} one
 * @param {T} other
 * @returns {T}
 */
function sum(one, other) {
  if (one === null || one === undefined) return other
  if (other === null || other === undefined) return one
  if (typeof one === "number") return /** @type {any} */ (one + Number(other))
  if (Array.isArray(one)) return /** @type {any} */ ([...new Set([...one, .../** @type {any} */ (other)])])
  if (typeof one !== "object") return other
  const [left, right] = /** @type {Record<string, unknown>[]} */ ([one, other])
  return /** @type {any} */ (
    Object.fromEntries(Object.keys({ ...left, ...right }).map(key => [key, sum(left[key], right[key])]))
  )
}
