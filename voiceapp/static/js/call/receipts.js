// Which of the numbered events of a call have come, and up to which of them nothing is needed again, not even after a
// reload of the page: it came, and its sound was heard to its end or cut (docs/wire.md, `got`).

const SAY_MS = 1000
/** Characters of base64, with padding, to milliseconds. */
const PER_MS = 64

export class Receipts {
  /** Number of the latest, or null: nothing is held of the call. @type {number | null} */
  last = null
  /** Sounds that are not heard to their end, in order. @type {{n: number, item: string, endMs: number}[]} */
  unheard = []
  /** @type {Map<string, number>} milliseconds of each item, as far as they came */
  came = new Map()
  /** @type {Map<string, number>} */
  heardMs = new Map()
  /** @type {Set<string>} items of which nothing more will be heard */
  over = new Set()
  said = 0
  /** Somebody keeps what is not said to be here. */
  wanted = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** Of all calls: events that came twice, and numbers that never came. */
  doubles = 0
  holes = 0

  /** @param {(n: number) => void} say */
  constructor(say) {
    this.say = say
  }

  /**
   * A call begins, or is told anew.
   * @param {number} number of the event before the next one
   * @param {Map<string, number>} [heard] milliseconds of items of which only the rest comes
   */
  begin(number, heard = new Map()) {
    this.end()
    this.last = this.said = number
    this.unheard = []
    this.came = new Map(heard)
    this.heardMs = new Map(heard)
    this.over.clear()
  }

  /** Nothing of the call is held here. */
  forget() {
    this.begin(0)
    this.last = null
  }

  /** There is nobody to tell. */
  end() {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** Whether it is new. @param {number} n */
  took(n) {
    const last = this.last ?? 0
    if (n <= last) {
      this.doubles++
      return false
    }
    this.holes += n - last - 1
    this.last = n
    this.#grew()
    return true
  }

  /** @param {number} n @param {string} item @param {string} base64 */
  soundArrived(n, item, base64) {
    const endMs = (this.came.get(item) ?? 0) + base64.length / PER_MS
    this.came.set(item, endMs)
    if (!this.#heard(item, endMs)) this.unheard.push({ n, item, endMs })
  }

  /** @param {string} item @param {number} ms of it */
  playbackMoved(item, ms) {
    this.heardMs.set(item, ms)
    this.#grew()
  }

  /** Heard to its end, or cut. @param {string} item */
  soundOver(item) {
    this.over.add(item)
    this.#grew()
  }

  /** Up to here nothing is needed. */
  get got() {
    let count = 0
    while (count < this.unheard.length && this.#heard(this.unheard[count].item, this.unheard[count].endMs)) count++
    if (count > 0) this.unheard.splice(0, count)
    return this.unheard.length > 0 ? this.unheard[0].n - 1 : this.last ?? 0
  }

  /** @param {string} item @param {number} endMs */
  #heard(item, endMs) {
    return this.over.has(item) || endMs <= (this.heardMs.get(item) ?? 0)
  }

  #grew() {
    if (this.wanted) this.timer ??= setTimeout(() => this.#say(), SAY_MS)
  }

  #say() {
    this.timer = undefined
    const { got } = this
    if (got <= this.said) return
    this.said = got
    this.say(got)
  }
}
