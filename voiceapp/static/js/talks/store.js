// Past talks in this browser: IndexedDB, and nothing on the server. A talk, its events and the pieces of its sound lie
// apart, so that a list of talks reads neither events nor sound.

const NAME = "voiceapp-talks"
/** In the first, events lay in the talk. */
const VERSION = 2

export class Store {
  /** @type {Promise<IDBDatabase> | null} */
  opening = null

  /** @param {Pick<IDBFactory, "open">} factory */
  constructor(factory) {
    this.factory = factory
  }

  /** Latest first, without their events. @returns {Promise<import("./talk.js").Talk[]>} */
  async all() {
    const talks = await this.#do("readonly", ({ talks }) => talks.getAll())
    return talks.sort((/** @type {{began: number}} */ a, /** @type {{began: number}} */ b) => b.began - a.began)
  }

  /** @param {string} id @returns {Promise<import("./talk.js").Talk | undefined>} */
  async read(id) {
    const [talk, events] = await Promise.all([this.#do("readonly", ({ talks }) => talks.get(id)), this.#do("readonly", ({ events }) => events.get(id))])
    return talk && { ...talk, events: events ?? talk.events }
  }

  /** @param {import("./talk.js").Talk} talk */
  write({ events: lines, ...talk }) {
    return this.#do("readwrite", ({ talks, events }) => {
      if (lines.length) events.put(lines, talk.id)
      return talks.put({ ...talk, events: [] })
    })
  }

  /** Of what is kept, and only if it is. @param {string} id @param {import("./talk.js").TalkChange} change */
  change(id, change) {
    return this.#do("readwrite", ({ talks }) => {
      const found = talks.get(id)
      found.onsuccess = () => { if (found.result) talks.put({ ...found.result, ...change }) }
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
    const database = await (this.opening ??= this.#open())
    const transaction = database.transaction(["talks", "events", "sounds"], mode)
    const [talks, events, sounds] = ["talks", "events", "sounds"].map(name => transaction.objectStore(name))
    const request = act({ talks, events, sounds })
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
    })
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    const request = this.factory.open(NAME, VERSION)
    request.onupgradeneeded = ({ oldVersion }) => {
      request.result.createObjectStore("events")
      if (oldVersion > 0) return
      request.result.createObjectStore("talks", { keyPath: "id" })
      request.result.createObjectStore("sounds")
    }
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }
}

/** @param {IDBValidKey} from @param {IDBValidKey} to */
function range(from, to) {
  return IDBKeyRange.bound(from, to)
}
