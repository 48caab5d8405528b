// The entries of the transcript in groups, since a browser asks of each box in each frame whether it is in sight: of
// thousands of entries that would take longer than a frame.

import { element } from "./element.js"

const SIZE = 20
/** The last so many are always laid out, so that the end is where it is. */
const NEAR = 3

export class EntryGroups {
  /** @param {HTMLElement} log */
  constructor(log) {
    this.log = log
  }

  /** As they stand in the page. */
  get entries() {
    return [...this.log.children].flatMap(group => [...group.children])
  }

  /** Moves only what is out of place: a node that is moved is announced again. @param {Element[]} wanted */
  arrange(wanted) {
    const staying = new Set(wanted)
    for (const node of this.entries) if (!staying.has(node)) node.remove()
    const there = this.entries
    wanted.forEach((node, i) => {
      if (there[i] === node) return
      const before = there.indexOf(node, i)
      if (before >= 0) there.splice(before, 1)
      this.#place(node, there[i])
      there.splice(i, 0, node)
    })
    for (const group of [...this.log.children]) if (!group.hasChildNodes()) group.remove()
    const groups = [...this.log.children]
    groups.forEach((group, i) => group.toggleAttribute("data-far", i < groups.length - NEAR))
  }

  /** @param {Element} node @param {Element | undefined} next what it stands before; undefined: at the end */
  #place(node, next) {
    const group = next?.parentElement ?? null
    if (next?.previousSibling) return void next.before(node)
    const last = group ? group.previousElementSibling : this.log.lastElementChild
    if (last && last.children.length < SIZE) last.append(node)
    else this.log.insertBefore(element("div", { class: "entries" }, node), group)
  }
}
