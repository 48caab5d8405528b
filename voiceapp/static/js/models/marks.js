// What there is to say of an entry beside its words: that it does not go on as one might think.

/** @typedef {Wire.TextIncomplete["incomplete"]} Incomplete why the service ended an answer before its end */

/** @type {Record<Incomplete, string>} */
const INCOMPLETE = {
  length: "transcript.incomplete.length", filter: "transcript.incomplete.filter",
  interrupted: "transcript.incomplete.interrupted", other: "transcript.incomplete.other"
}

/**
 * The keys of its marks. Whoever interrupted an answer need not be told that it was not whole.
 * @param {{heard: string | null, incomplete?: Incomplete | null, failed?: boolean}} entry
 */
export function marksOf({ heard, incomplete, failed }) {
  if (heard !== null) return ["transcript.cut"]
  if (failed) return ["transcript.failed"]
  return incomplete ? [INCOMPLETE[incomplete] ?? INCOMPLETE.other] : []
}
