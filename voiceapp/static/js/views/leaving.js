// Links that lead away from the page, and so would end the call: the first press says so, the second goes.

import { write } from "./element.js"

const CONFIRM_MS = 5000

export class Leaving {
  /** @type {HTMLAnchorElement | null} that was pressed once */
  asked = null
  label = ""
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {import("../browser/i18n.js").Words} words
   * @param {{callActive: boolean, callLeft: () => void}} delegate the person leaves, and said so twice
   */
  constructor(words, delegate) {
    this.words = words
    this.delegate = delegate
  }

  start() {
    document.addEventListener("click", event => this.#clicked(event))
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = this.delegate.callActive && leading(event)
    if (!link) return
    if (link === this.asked && event.detail < 2) return this.delegate.callLeft()
    event.preventDefault()
    if (link !== this.asked) this.#ask(link)
  }

  /** @param {HTMLAnchorElement} link */
  #ask(link) {
    this.#forget()
    this.asked = link
    this.label = link.textContent ?? ""
    write(link, this.words.say("leave.sure"))
    this.timer = setTimeout(() => this.#forget(), CONFIRM_MS)
  }

  #forget() {
    clearTimeout(this.timer)
    if (this.asked) write(this.asked, this.label)
    this.asked = null
  }
}

/** The link to another page in this tab that was pressed, if one was. @param {MouseEvent} event */
function leading({ target, button, ctrlKey, metaKey, shiftKey }) {
  const link = target instanceof Element ? target.closest("a") : null
  if (!link || button !== 0 || ctrlKey || metaKey || shiftKey) return null
  return leads(link) ? link : null
}

/** @param {HTMLAnchorElement} link */
function leads(link) {
  const [to, here] = [link.href, location.href].map(address => address.replace(/#.*/, ""))
  return to !== "" && to !== here && !link.hasAttribute("download") && link.target !== "_blank"
}
