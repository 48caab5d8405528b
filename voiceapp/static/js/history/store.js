// Past talks in this browser: IndexedDB, and nothing on the server. A talk, its events and the pieces of its sound lie
// apart, so that a list of talks reads neither events nor sound.

const NAME = "voiceapp-talks"
/** In the first, events lay in the talk. */
const VERSION = 2
const STORES = ["talks", "events", "sounds"]

export class Store {
  /** @type {Promise<IDBDatabase> | null} */
  opening = null
  /** Another tab with an older page holds the talks. */
  blocked = false

  /**
   * @param {Pick<IDBFactory, "open">} factory
   * @param {{storeBlocked: () => void, storeFreed: () => void}} delegate
   */
  constructor(factory, delegate) {
    this.factory = factory
    this.delegate = delegate
  }

  /** Latest first, without their events. @returns {Promise<import("./talk.js").Talk[]>} */
  async all() {
    const talks = await this.#do("readonly", ({ talks }) => talks.getAll())
    return talks.sort((/** @type {{began: number}} */ a, /** @type {{began: number}} */ b) => b.began - a.began)
  }

  /** @param {string} id @returns {Promise<import("./talk.js").Talk | undefined>} */
  async read(id) {
    const [talk, events] = await Promise.all(
      [this.#do("readonly", ({ talks }) => talks.get(id)), this.#do("readonly", ({ events }) => events.get(id))]
    )
    return talk && { ...talk, events: events ?? talk.events }
  }

  /** Where its events find no room, the talk itself still may. @param {import("./talk.js").Talk} talk */
  async write({ events: lines, ...talk }) {
    const kept = this.#do("readwrite", ({ talks }) => talks.put({ ...talk, events: [] }))
    if (lines.length) await Promise.all([kept, this.#do("readwrite", ({ events }) => events.put(lines, talk.id))])
    await kept
  }

  /** What is kept becomes this again; what is not, stays so. @param {import("./talk.js").Talk} talk */
  restore({ events: _, ...talk }) {
    return this.#put(talk.id, () => ({ ...talk, events: [] }))
  }

  /** Of what is kept, and only if it is. @param {string} id @param {import("./talk.js").TalkChange} change */
  change(id, change) {
    return this.#put(id, talk => ({ ...talk, ...change }))
  }

  /**
   * @param {string} id
   * @param {(talk: import("./talk.js").Talk) => import("./talk.js").Talk} changed
   */
  #put(id, changed) {
    return this.#do("readwrite", ({ talks }) => {
      const found = talks.get(id)
      found.onsuccess = () => { if (found.result) talks.put(changed(found.result)) }
      return found
    })
  }

  /** @param {string} id @param {number} n @param {Int16Array} pcm */
  writeSound(id, n, pcm) {
    return this.#do("readwrite", ({ sounds }) => sounds.put(pcm, [id, n]))
  }

  /** @param {string} id @param {number} n @returns {Promise<Int16Array | undefined>} */
  readSound(id, n) {
    return this.#do("readonly", ({ sounds }) => sounds.get([id, n]))
  }

  /** @param {string} id */
  remove(id) {
    return this.#do("readwrite", ({ talks, events, sounds }) => {
      talks.delete(id)
      events.delete(id)
      // An array sorts behind every number.
      return sounds.delete(range([id], [id, []]))
    })
  }

  /** The talk stays, to be read. @param {string} id @param {number} [from] this piece on */
  removeSound(id, from = 0) {
    return this.#do("readwrite", ({ sounds }) => sounds.delete(range([id, from], [id, []])))
  }

  removeAll() {
    return this.#do("readwrite", ({ talks, events, sounds }) => {
      talks.clear()
      events.clear()
      return sounds.clear()
    })
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(stores: Record<"talks" | "events" | "sounds", IDBObjectStore>) => IDBRequest} act
   * @returns {Promise<any>}
   */
  async #do(mode, act) {
    const transaction = await this.#begin(mode)
    const [talks, events, sounds] = STORES.map(name => transaction.objectStore(name))
    const request = act({ talks, events, sounds })
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error)
    })
  }

  /** @param {IDBTransactionMode} mode */
  async #begin(mode) {
    const { opening } = this
    try {
      return (await this.#database()).transaction(STORES, mode)
    } catch (error) {
      // Closed since it was opened; what could not be opened is not tried twice.
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError" || !opening) throw error
      this.#closed(opening)
      return (await this.#database()).transaction(STORES, mode)
    }
  }

  #database() {
    if (this.opening) return this.opening
    const opening = this.opening = this.#open()
    opening.then(database => {
      // A newer page wants it: whoever holds it would keep its talks from it.
      database.onversionchange = () => { database.close(); this.#closed(opening) }
      database.onclose = () => this.#closed(opening)
    }, () => this.#closed(opening))
    return opening
  }

  /** It is opened anew when it is needed. @param {Promise<IDBDatabase>} opening */
  #closed(opening) {
    if (this.opening === opening) this.opening = null
  }

  /** @returns {Promise<IDBDatabase>} */
  async #open() {
    const request = this.factory.open(NAME, VERSION)
    request.onupgradeneeded = ({ oldVersion }) => {
      request.result.createObjectStore("events")
      if (oldVersion > 0) return
      request.result.createObjectStore("talks", { keyPath: "id" })
      request.result.createObjectStore("sounds")
    }
    request.onblocked = () => this.#block(true)
    try {
      return await new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    } finally {
      this.#block(false)
    }
  }

  /** @param {boolean} blocked */
  #block(blocked) {
    if (this.blocked === blocked) return
    this.blocked = blocked
    blocked ? this.delegate.storeBlocked() : this.delegate.storeFreed()
  }
}

/** @param {IDBValidKey} from @param {IDBValidKey} to */
function range(from, to) {
  return IDBKeyRange.bound(from, to)
}
