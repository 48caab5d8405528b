// One tab, in which a page is loaded after another; and a call that outlives its page.

import { KEPT, Place, RESUMED, silent } from "./place.js"

export async function kept(microphone = false, storage = null, delegate = silent()) {
  const made = new Place(delegate, storage)
  made.line.ready = KEPT
  await made.goLive(microphone)
  return made
}

export const sent = ({ line }, ...events) => line.said.filter(([event]) => events.includes(event))

/** The tab's storage, over all pages in it. */
export function tab() {
  const items = new Map()
  return {
    items, getItem: key => items.get(key) ?? null, setItem: (key, value) => items.set(key, value),
    removeItem: key => items.delete(key)
  }
}

export async function reloaded(storage, { permission = "granted", resumed = {}, delegate = silent() } = {}) {
  const made = new Place(delegate, storage)
  made.line.resumption = ["resumed", { ...RESUMED, again: true, number: 7, ...resumed }]
  made.call.audio.permission.permissions = { query: async () => ({ state: permission, addEventListener() {} }) }
  await made.call.recovery.start()
  return made
}
