// Whether a call could begin now, asked over plain HTTP: a refused WebSocket tells a page nothing.

/** The trouble, or null where there is none or nobody answers. @returns {Promise<import("./wire.js").Trouble | null>} */
export async function askAdmission() {
  try {
    const answer = await fetch("/admission", { cache: "no-store" })
    return answer.ok ? null : (await answer.json()).error
  } catch {
    return null
  }
}
