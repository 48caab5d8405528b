// Past talks in this browser: IndexedDB, and nothing on the server. A talk and the pieces of its sound lie apart, so that
// a list of talks reads no sound.

const NAME = "voiceapp-talks"

export class Store {
  /** @type {Promise<IDBDatabase> | null} */
  opening = null

  /** @param {IDBFactory} factory */
  constructor(factory) {
    this.factory = factory
  }

  /** Latest first. @returns {Promise<import("./talk.js").Talk[]>} */
  async all() {
    const talks = await this.#do("readonly", ({ talks }) => talks.getAll())
    return talks.sort((/** @type {{began: number}} */ a, /** @type {{began: number}} */ b) => b.began - a.began)
  }

  /** @param {string} id @returns {Promise<import("./talk.js").Talk | undefined>} */
  read(id) {
    return this.#do("readonly", ({ talks }) => talks.get(id))
  }

  /** @param {import("./talk.js").Talk} talk */
  write(talk) {
    return this.#do("readwrite", ({ talks }) => talks.put(talk))
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
    return this.#do("readwrite", ({ talks, sounds }) => {
      talks.delete(id)
      // An array sorts behind every number.
      return sounds.delete(range([id], [id, []]))
    })
  }

  removeAll() {
    return this.#do("readwrite", ({ talks, sounds }) => {
      talks.clear()
      return sounds.clear()
    })
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(stores: {talks: IDBObjectStore, sounds: IDBObjectStore}) => IDBRequest} act
   * @returns {Promise<any>}
   */
  async #do(mode, act) {
    const database = await (this.opening ??= this.#open())
    const transaction = database.transaction(["talks", "sounds"], mode)
    const request = act({ talks: transaction.objectStore("talks"), sounds: transaction.objectStore("sounds") })
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
    })
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    const request = this.factory.open(NAME, 1)
    request.onupgradeneeded = () => {
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
