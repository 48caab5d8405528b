// What the conversation shows of the pictures of this tab, by item: a page that is loaded again is told their places,
// but not how they look.

const KEY = "voiceapp.pictures"
/** The latest, each of some 20 kB. */
const MAX = 20

export class Thumbnails {
  /** @type {Map<string, string>} */
  all

  /** @param {Pick<Storage, "getItem" | "setItem"> | null} storage of this tab alone */
  constructor(storage) {
    this.storage = storage
    this.all = new Map(read(storage))
  }

  /** @param {string} item @param {string} address with its content */
  keep(item, address) {
    this.all.set(item, address)
    this.all = new Map([...this.all].slice(-MAX))
    try {
      this.storage?.setItem(KEY, JSON.stringify([...this.all]))
    } catch {
      // No room for it: it is there until the page is loaded again.
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
