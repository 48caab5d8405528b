// Why a connection was refused, found out over plain HTTP: a refused WebSocket tells a page nothing.

import { address } from "../browser/addresses.js"

/**
 * So many refused in a row, while plain HTTP gets through, are no accident; more where a socket has come through
 * before.
 */
const TRIES = 3
const TRIES_ONCE_OPEN = 6
const ASK_MS = 5000

/**
 * @typedef {{reached: boolean, trouble: import("../wire.js").Trouble | null}} Admission `reached`: the server itself
 *   has answered
 */

/** Whether a call could begin now. @returns {Promise<Admission>} */
export async function askAdmission() {
  try {
    const origin = encodeURIComponent(location.origin)
    const answer = await fetch(
      address(`admission?origin=${origin}`), { cache: "no-store", signal: AbortSignal.timeout(ASK_MS) }
    )
    const { ok, error } = await answer.json()
    return { reached: ok === true || Boolean(error), trouble: error ?? null }
  } catch {
    return { reached: false, trouble: null }
  }
}

/** A part of the page did not come: the server is away, or has another version by now. */
export async function whyMissing() {
  return (await askAdmission()).reached ? "client_missing" : "server_away"
}

/** The refusals of one line. */
export class Refusals {
  count = 0
  opened = false

  /** @param {() => Promise<Admission>} ask */
  constructor(ask) {
    this.ask = ask
  }

  /** The line came through. */
  connected() {
    this.count = 0
    this.opened = true
  }

  /** It was refused once more: what that means. @returns {Promise<Admission>} */
  async judge() {
    const { reached, trouble } = await this.ask()
    this.count = reached && !trouble ? this.count + 1 : 0
    const blocked = this.count >= (this.opened ? TRIES_ONCE_OPEN : TRIES)
    return { reached, trouble: blocked ? { code: "no_websocket" } : trouble }
  }
}
