// Above the conversation, once it is asked for: finds words in it, goes to the last question, and gives all of it away,
// copied or printed. Every entry is in the page, so the browser's own search finds them too; this one counts them, and
// goes from one to the next by a touch.

import { composing } from "../browser/shortcuts.js"
import { folded, occurrences } from "../text/occurrences.js"
import { element, find, icon, write } from "./element.js"
import { EntryGroups } from "./entry-groups.js"
import { addStylesheet } from "./stylesheet.js"

export const style = () => addStylesheet(new URL("../../css/talk-bar.css", import.meta.url))

/** @typedef {import("../text/occurrences.js").Folded} Folded */

const SAID_MS = 2000
/** What is still being said is looked at once it rests so long. */
const REST_MS = 250
/** What is said, heard or not, what a tool does and brought. */
const TEXTS = [
  '.words .text, .unheard p, [data-role="tool"] summary .words, [data-role="tool"] > .card :is(p, li, dt, dd, th, td)',
  '[data-role="tool"] > .link'
].join()
const ALL = "talk-found"
const NOW = "talk-found-now"

export class TalkBar {
  scroller = find("scroller", HTMLElement)
  log = find("transcript", HTMLElement)
  /** @type {Range[]} */
  found = []
  /** Of each text as it was last looked at. @type {WeakMap<Element, Folded & {text: string}>} */
  known = new WeakMap()
  /** Which of them is looked at. */
  place = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting

  /** @param {import("../browser/i18n.js").Words} words @param {{talkBarClosed: () => void}} delegate */
  constructor(words, delegate) {
    this.words = words
    this.delegate = delegate
    this.field = element("input", {
      type: "search", dir: "auto", enterkeyhint: "search", "aria-label": this.#text("label"),
      placeholder: this.#text("label")
    })
    this.count = element("span", { class: "quiet", role: "status" })
    this.copy = this.#button("copy", () => this.#copy())
    this.root = element("div", { class: "talk-bar", role: "search", hidden: true }, ...this.#parts())
    this.watch = new MutationObserver(() => this.#changed())
  }

  /** @param {string} key @param {Record<string, number>} [values] */
  #text(key, values) {
    return this.words.say(`find.${key}`, values)
  }

  #parts() {
    return [
      element(
        "div", { class: "talk-find" }, this.field, this.count,
        this.#button("previous", () => this.#go(-1), "up"), this.#button("next", () => this.#go(1), "down"),
        this.#button("close", () => this.close(), "close")
      ),
      element(
        "div", { class: "talk-acts" }, this.#button("question", () => this.#toQuestion()), this.copy,
        this.#button("print", () => print())
      )
    ]
  }

  /** @param {string} name @param {() => void} act @param {string} [picture] in place of its words */
  #button(name, act, picture) {
    const text = this.#text(name)
    const made = element("button", {
      class: "plain", type: "button", "aria-label": picture ? text : false, title: picture ? text : false
    }, picture ? icon(picture) : text)
    made.addEventListener("click", act)
    return made
  }

  start() {
    this.scroller.before(this.root)
    this.field.addEventListener("input", () => this.#search(true))
    this.root.addEventListener("keydown", event => this.#keyPressed(event))
  }

  get opened() {
    return !this.root.hidden
  }

  open() {
    this.root.hidden = false
    this.watch.observe(this.log, { childList: true, subtree: true, characterData: true })
    this.field.focus()
    this.field.select()
    this.#search(false)
  }

  close() {
    this.root.hidden = true
    this.watch.disconnect()
    this.#mark([])
    this.delegate.talkBarClosed()
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (composing(event)) return
    if (event.key === "Escape") {
      event.stopPropagation()
      this.close()
    } else if (event.key === "Enter" && event.target === this.field) {
      event.preventDefault()
      this.#go(event.shiftKey ? -1 : 1)
    }
  }

  #changed() {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => { if (this.opened) this.#search(false) }, REST_MS)
  }

  /** @param {boolean} anew by other words: the last that was said is looked at first */
  #search(anew) {
    const query = this.field.value.trim()
    const texts = query ? [...this.log.querySelectorAll(TEXTS)] : []
    const found = texts.flatMap(text => rangesIn(text, occurrences(this.#folded(text), query)))
    this.place = Math.max(0, anew ? found.length - 1 : Math.min(this.place, found.length - 1))
    this.#mark(found)
    if (anew) this.#show()
    this.#renderCount()
  }

  /** What has not changed need not be read again. @param {Element} element */
  #folded(element) {
    const text = element.textContent ?? ""
    const before = this.known.get(element)
    if (before?.text === text) return before
    const now = { text, ...folded(text) }
    this.known.set(element, now)
    return now
  }

  #renderCount() {
    const { length } = this.found
    const searched = this.field.value.trim() !== ""
    write(this.count, searched ? this.#text("count", { now: length && this.place + 1, all: length }) : "")
  }

  /** @param {number} by */
  #go(by) {
    const { length } = this.found
    if (length === 0) return
    this.place = (this.place + by + length) % length
    this.#mark(this.found)
    this.#show()
    this.#renderCount()
  }

  #show() {
    const node = this.found[this.place]?.startContainer.parentElement
    node?.scrollIntoView({ block: "center" })
  }

  /** A browser without highlights selects the one that is looked at. @param {Range[]} found */
  #mark(found) {
    this.found = found
    const now = found[this.place]
    if (!("highlights" in CSS)) return void (now && getSelection()?.setBaseAndExtent(
      now.startContainer, now.startOffset, now.endContainer, now.endOffset
    ))
    CSS.highlights.set(ALL, new Highlight(...found))
    CSS.highlights.set(NOW, now ? new Highlight(now) : new Highlight())
  }

  /** Of the person; there the answer begins, and a screen reader goes on. */
  #toQuestion() {
    const question = [...this.log.querySelectorAll('[data-role="user"]')].findLast(
      entry => entry instanceof HTMLElement && !entry.hidden
    )
    if (!(question instanceof HTMLElement)) return
    question.tabIndex = -1
    question.scrollIntoView({ block: "start" })
    question.focus({ preventScroll: true })
  }

  async #copy() {
    const all = new EntryGroups(this.log).entries.map(textOf).filter(Boolean).join("\n\n")
    let said = "copied"
    try {
      await navigator.clipboard.writeText(all)
    } catch {
      said = "copy_failed"
    }
    write(this.copy, this.#text(said))
    setTimeout(() => write(this.copy, this.#text("copy")), SAID_MS)
  }
}

/** As one reads it: who, and what they said; and where something breaks. @param {Element} node */
function textOf(node) {
  if (node.getAttribute("role") === "separator") return `— ${trimmed(node)} —`
  if (node.getAttribute("data-role") === "tool") return node.hasAttribute("hidden") ? "" : ofTool(node)
  const said = trimmed(node.querySelector(".words .text"))
  return said && !node.hasAttribute("hidden") ? `${trimmed(node.querySelector(".who"))}: ${said}` : ""
}

/** What it does, and a line for each of what it brought. @param {Element} node */
function ofTool(node) {
  const lines = [...node.querySelectorAll("summary .words, .card :is(p, li, dt, tr), .link")].map(lineOf)
  return lines.filter(Boolean).join("\n")
}

/** @param {Element} node */
function lineOf(node) {
  if (node.localName === "tr") return [...node.children].map(trimmed).join("\t")
  return node.localName === "dt" ? `${trimmed(node)}: ${trimmed(node.nextElementSibling)}` : trimmed(node)
}

/** @param {Element | null} node */
function trimmed(node) {
  return node?.textContent?.trim() ?? ""
}

/** @param {Element} element @param {[number, number][]} places */
function rangesIn(element, places) {
  if (places.length === 0) return []
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const nodes = /** @type {{node: Text, from: number}[]} */ ([])
  for (let from = 0; texts.nextNode();) {
    const node = /** @type {Text} */ (texts.currentNode)
    nodes.push({ node, from })
    from += node.length
  }
  return places.map(([start, end]) => {
    const range = document.createRange()
    const [first, last] = [nodes.findLast(({ from }) => from <= start), nodes.findLast(({ from }) => from < end)]
    if (first && last) {
      range.setStart(first.node, start - first.from)
      range.setEnd(last.node, end - last.from)
    }
    return range
  })
}
