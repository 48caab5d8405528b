// Asks the browser not to throw away what is kept when it runs out of room. Some ask the person, so this is for those
// alone who chose to keep something; others decide by themselves, and may refuse.

/** @param {{persist?: () => Promise<boolean>} | undefined} [storage] */
export async function requestPersistence(storage = globalThis.navigator?.storage) {
  return await storage?.persist?.().catch(() => false) ?? false
}
