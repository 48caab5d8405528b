// What the page takes of its browser, which may forbid some of it.

import { address } from "./addresses.js"

const RECONNECT = { reconnectionDelay: 300, reconnectionDelayMax: 3000 }
const TIMEOUT_MS = 8000
/** Where a browser forbids even to look at them, it fails when one is opened. */
export const DATABASES = {
  open: (/** @type {string} */ name, /** @type {number} */ version) => indexedDB.open(name, version)
}

/** A Socket.IO socket that is not yet connected, and tries again by itself. */
export function connect() {
  return made(RECONNECT)
}

/** One that is connected when its call says so: the library would wait before its first try. */
export function connectOnce() {
  return made({ reconnection: false })
}

/** @param {object} options */
function made(options) {
  const path = address("socket.io/").pathname
  return /** @type {any} */ (window).io(
    { path, transports: ["websocket"], autoConnect: false, forceNew: true, timeout: TIMEOUT_MS, ...options }
  )
}

/** A browser may forbid even to look at it. */
export function storage() {
  try {
    return localStorage
  } catch {
    return null
  }
}

/** Of this tab alone, until it is closed. */
export function drafts() {
  try {
    return sessionStorage
  } catch {
    return null
  }
}

/** To the other tabs of this browser. @param {string} name */
export function toOtherTabs(name) {
  return typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null
}
