// Whether a call could begin now, asked over plain HTTP: a refused WebSocket tells a page nothing.

import { address } from "./addresses.js"

/** The trouble, or null where there is none or nobody answers. @returns {Promise<import("./wire.js").Trouble | null>} */
export async function askAdmission() {
  try {
    const answer = await fetch(address(`admission?origin=${encodeURIComponent(location.origin)}`), { cache: "no-store" })
    return answer.ok ? null : (await answer.json()).error
  } catch {
    return null
  }
}
