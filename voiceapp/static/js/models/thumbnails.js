// What the conversation shows of the pictures of a call, by item: a page that is loaded again in it is told their
// places, but not how they look.

const KEY = "voiceapp.pictures"
/** In the tab: the latest, each of some 20 kB. */
const MAX = 20

export class Thumbnails {
  /** @type {Map<string, string>} */
  all

  /** @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage of this tab alone */
  constructor(storage) {
    this.storage = storage
    this.all = new Map(read(storage))
  }

  /** @param {string} item @param {string} address with its content */
  keep(item, address) {
    this.all.set(item, address)
    try {
      this.storage?.setItem(KEY, JSON.stringify([...this.all].slice(-MAX)))
    } catch {
      // No room for it: it is there until the page is loaded again.
    }
  }

  /**
   * Those that were kept with the talk that goes on, where this tab knows no other.
   * @param {{id: string, part?: number, picture?: string | null}[]} entries
   * @param {number} going which of the talk's calls that is
   */
  know(entries, going) {
    for (const { id, part = 0, picture } of entries) {
      const item = id.replace(/^\d+\//u, "")
      if (picture && part === going && !this.all.has(item)) this.all.set(item, picture)
    }
  }

  /** The call is over, and stays in this tab no longer than on its screen. */
  forget() {
    this.all.clear()
    try {
      this.storage?.removeItem(KEY)
    } catch {
      // Then nothing is in it.
    }
  }

  /** @param {string} item */
  of(item) {
    return this.all.get(item) ?? null
  }
}

/** @param {Pick<Storage, "getItem"> | null} storage @returns {[string, string][]} */
function read(storage) {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? "[]")
    return kept.filter((/** @type {any} */ pair) => typeof pair[0] === "string" && isPicture(pair[1]))
  } catch {
    return []
  }
}

/** @param {unknown} address */
export function isPicture(address) {
  return typeof address === "string" && address.startsWith("data:image/jpeg;base64,")
}
