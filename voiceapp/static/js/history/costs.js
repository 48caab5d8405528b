// What the parts of a talk took together, where its connection was lost in between and each has a count of its own.

/** @typedef {import("./talk.js").Bill} Bill */

/** @param {Bill | null} earlier @param {Bill} bill of the part that goes on @returns {Bill} */
export function together(earlier, bill) {
  if (!earlier) return bill
  const cost = sum(earlier.cost, bill.cost)
  return {
    tokens: sum(earlier.tokens, bill.tokens), transcription: sum(earlier.transcription ?? null, bill.transcription ?? null),
    // Of the latest answer.
    cost: cost && bill.cost ? { ...cost, turn: bill.cost.turn } : cost,
    estimated: Boolean(earlier.estimated || bill.estimated)
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
  return /** @type {any} */ (Object.fromEntries(Object.keys({ ...left, ...right }).map(key => [key, sum(left[key], right[key])])))
}
