// The conversation on the page, in its order. Follows the end while the reader is there, and only then.

import { breakParts } from "../models/breaks.js"
import { find } from "./element.js"
import { EntryGroups } from "./entry-groups.js"
import { EntryView } from "./entry-view.js"
import { PictureRow } from "./picture-row.js"
import { selectedIn } from "./selection.js"
import { separator } from "./separator.js"
import { ToolRow } from "./tool-row.js"

const NEAR_PX = 64

export class TranscriptView {
  scroller = find("scroller", HTMLElement)
  log = find("transcript", HTMLElement)
  newest = find("newest", HTMLButtonElement)
  groups = new EntryGroups(this.log)
  /** @type {Map<string, {view: EntryView | ToolRow | PictureRow, version: number, shown: number, settled: boolean}>} */
  rows = new Map()
  /** @type {WeakMap<import("../models/breaks.js").Break, HTMLElement>} */
  breaks = new WeakMap()
  /** As they stand in the page. @type {HTMLElement[]} */
  arranged = []
  following = true
  pending = false
  /** Of the scroller, when its end was last looked after. */
  size = ""
  /** Where the end was then. */
  end = 0
  /** The first that is open. @type {Element | null} */
  question = null
  /** Whether the reader has just folded or unfolded something. */
  folded = false

  /**
   * @param {import("../models/transcript.js").Transcript} transcript
   * @param {import("../models/caption-pace.js").CaptionPace} pace
   * @param {import("../browser/i18n.js").Words} words
   * @param {{goOnAsked: () => void} & import("./tool-row.js").ToolDelegate} delegate
   */
  constructor(transcript, pace, words, delegate) {
    this.delegate = delegate
    this.transcript = transcript
    this.pace = pace
    this.words = words
  }

  start() {
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true })
    this.newest.addEventListener("click", () => this.#follow())
    this.log.addEventListener("copy", event => this.#copied(event))
    this.log.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("summary")) this.folded = true
    })
    const observer = new ResizeObserver(() => this.#resized())
    observer.observe(this.scroller)
    // Rows also grow by what is loaded after they were rendered.
    observer.observe(this.log)
  }

  /** What was broken off in the call before, nobody can go on with. */
  callBegun() {
    for (const button of this.log.querySelectorAll(".go-on")) button.remove()
  }

  /** At most once a frame; a hidden page has no frames, so a timer stands in. */
  render() {
    if (this.pending) return
    this.pending = true
    document.hidden ? setTimeout(() => this.#renderNow(), 100) : requestAnimationFrame(() => this.#renderNow())
  }

  #renderNow() {
    this.pending = false
    const segments = this.transcript.entries
    const nodes = segments.flatMap((entries, index) => entries.flatMap(
      entry => [this.#row(entry, this.transcript.isPresent(index)), ...entry.breaks.map(one => this.#break(one))]
    ))
    this.#arrange(nodes)
    document.body.toggleAttribute("data-talked", nodes.length > 0)
    // What has just been unfolded is read from its top: the observer comes next.
    if (!this.folded) this.#keepEnd()
  }

  /**
   * @param {import("../models/transcript.js").Entry} entry
   * @param {boolean} present whether it is of the call that goes on
   */
  #row(entry, present) {
    const row = this.rows.get(entry.key) ?? this.#newRow(entry)
    const now = present
      ? { shown: this.pace.shown(entry), settled: this.pace.settled(entry) }
      : { shown: entry.text.length, settled: true }
    const { version } = entry
    if (row.version !== version || row.shown !== now.shown || row.settled !== now.settled) row.view.render(entry, now)
    Object.assign(row, { version, shown: now.shown, settled: now.settled })
    return row.view.root
  }

  /** @param {import("../models/transcript.js").Entry} entry */
  #newRow(entry) {
    const View = entry.role === "tool" ? ToolRow : entry.kind === "picture" ? PictureRow : EntryView
    const row = {
      view: new View(entry, this.words, this.delegate), version: -1, shown: 0, settled: false
    }
    // Read before.
    if (entry.past) row.view.root.setAttribute("aria-live", "off")
    this.rows.set(entry.key, row)
    return row
  }

  /** @param {import("../models/breaks.js").Break} one */
  #break(one) {
    const node = this.breaks.get(one)
      ?? separator(breakParts(one, this.words, at => this.words.times.format(at)))
    this.breaks.set(one, node)
    return node
  }

  /** @param {HTMLElement[]} nodes */
  #arrange(nodes) {
    if (nodes.length === this.arranged.length && nodes.every((node, i) => node === this.arranged[i])) return
    this.arranged = nodes
    this.groups.arrange(nodes)
  }

  /** What was said, in its order: neither who said it nor what stands at its foot. @param {ClipboardEvent} event */
  #copied(event) {
    const said = selectedIn(this.log.querySelectorAll(".words .text"))
    if (said === null) return
    event.clipboardData?.setData("text/plain", said)
    event.preventDefault()
  }

  #scrolled() {
    // What moves because the window changes is not the reader's doing; the observer comes next.
    if (this.size !== this.#sizeNow()) return
    const { scrollHeight, scrollTop, clientHeight } = this.scroller
    // Where the end has moved on since it was kept, the reader has not left it.
    const stayed = this.following && !this.folded && scrollTop >= this.end
    this.following = stayed || scrollHeight - scrollTop - clientHeight < NEAR_PX
    this.newest.hidden = this.following || !this.log.hasChildNodes()
  }

  #follow() {
    this.following = true
    this.#keepEnd()
    this.scroller.focus()
  }

  #resized() {
    // What the reader unfolds is read from its top.
    if (this.folded) this.#scrolled()
    else this.#keepEnd()
    this.folded = false
    this.#showQuestion()
  }

  /** Nobody waits for an answer for long, so a question comes into view wherever the reader is. */
  #showQuestion() {
    const question = this.log.querySelector(".question")
    if (question !== this.question) question?.scrollIntoView({ block: "nearest" })
    this.question = question
  }

  /** Before the first word there is no end to keep: the welcome is read from its top. */
  #keepEnd() {
    this.size = this.#sizeNow()
    if (!this.log.hasChildNodes()) return
    if (this.following) {
      this.scroller.scrollTop = this.scroller.scrollHeight
      this.end = this.scroller.scrollTop
    } else this.newest.hidden = false
  }

  #sizeNow() {
    return `${this.scroller.clientWidth}×${this.scroller.clientHeight}`
  }
}
