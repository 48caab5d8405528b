// Where a picture is shown to the assistant: chosen, taken by the camera, pasted or dropped; and, below the
// conversation, those that do not stand in it yet.

import { partsOf } from "../call/pictures.js"
import { element, find, write } from "./element.js"
import { filesIn, isShown } from "./given-files.js"

/** @type {Record<import("../call/pictures.js").PictureState, string>} */
const STATES = { waiting: "pictures.waiting", sending: "pictures.sending", unsent: "pictures.unsent" }

export class PicturesView {
  /** None where no model sees any. */
  menu = document.getElementById("pictures")
  root = find("pictures-outbox", HTMLElement)
  /** @type {Map<string, {root: HTMLElement, mark: HTMLElement, state: string}>} */
  rows = new Map()
  /** One after the other: a photograph takes 50 MB while it is drawn. @type {Promise<void>} */
  preparing = Promise.resolve()
  /** The camera is open, or asked for. */
  taking = false

  /**
   * @param {import("../call/pictures.js").Pictures} pictures
   * @param {import("../browser/i18n.js").Words} words
   * @param {{pictureFailed: (code: string) => void, partMissing: () => void}} delegate
   */
  constructor(pictures, words, delegate) {
    this.pictures = pictures
    this.words = words
    this.delegate = delegate
  }

  start() {
    document.addEventListener("paste", event => { if (isShown(event)) this.#given(event, event.clipboardData) })
    // What a browser would do with a file ends the call: it opens it in place of the page.
    document.addEventListener("dragover", event => { if (holdsFile(event.dataTransfer)) event.preventDefault() })
    document.addEventListener("drop", event => this.#given(event, event.dataTransfer))
    this.render()
    if (!this.menu) return
    const file = find("picture-file", HTMLInputElement)
    find("picture-choose", HTMLButtonElement).addEventListener("click", () => file.click())
    file.addEventListener("change", () => {
      const chosen = [...file.files ?? []]
      file.value = ""
      this.#showAll(chosen)
    })
    const camera = find("picture-take", HTMLButtonElement)
    camera.hidden = !navigator.mediaDevices
    camera.addEventListener("click", () => this.#take())
    for (const button of [camera, find("picture-choose", HTMLButtonElement)])
      button.addEventListener("click", () => this.menu?.hidePopover())
  }

  render() {
    const { all } = this.pictures
    for (const [item, { root }] of this.rows)
      if (!all.some(picture => picture.item === item)) {
        root.remove()
        this.rows.delete(item)
      }
    for (const picture of all) this.#renderRow(picture)
  }

  /** @param {import("../call/pictures.js").ShownPicture} picture */
  #renderRow(picture) {
    const known = this.rows.get(picture.item)
    const row = known?.state === picture.state ? known : this.#makeRow(picture)
    const percent = Math.round(100 * picture.sent / partsOf(picture)).toLocaleString(this.words.language)
    const key = this.pictures.isQueued(picture) ? "pictures.queued" : STATES[picture.state]
    write(row.mark, this.words.say(key, { percent }))
    if (row === known) return
    known ? known.root.replaceWith(row.root) : this.root.append(row.root)
    this.rows.set(picture.item, row)
  }

  /** @param {import("../call/pictures.js").ShownPicture} picture */
  #makeRow({ item, thumbnail, state }) {
    const mark = element("p", { class: "mark" })
    const again = state === "unsent" ? [this.#button("outbox.again", () => this.pictures.again(item))] : []
    const remove = state === "sending" ? [] : [this.#button("pictures.remove", () => this.pictures.remove(item))]
    const image = element("img", { src: thumbnail, alt: this.words.say("transcript.picture") })
    const root = element(
      "div", { class: "entry typed", "data-role": "user", "data-picture": state },
      element("div", { class: "picture" }, image), element("div", { class: "marks" }, mark, ...again, ...remove)
    )
    return { root, mark, state }
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  #given(event, data) {
    const files = [...data?.files ?? []]
    if (files.length === 0) return
    event.preventDefault()
    // Who looks at a dialog does not see what would be shown.
    if (document.querySelector("dialog:modal")) return
    if (this.menu) this.#showAll(filesIn(files))
    else this.delegate.pictureFailed("pictures_unseen")
  }

  /** @param {Blob[]} files none: what there was are no pictures */
  #showAll(files) {
    if (files.length === 0) this.delegate.pictureFailed("picture_unreadable")
    for (const file of files) this.preparing = this.preparing.then(() => this.#show(file))
  }

  /** @param {Blob} file */
  async #show(file) {
    const part = await import("./jpeg.js").catch(() => this.delegate.partMissing())
    if (!part) return
    try {
      this.pictures.add(await part.prepare(file))
    } catch (error) {
      if (!(error instanceof part.NoPictureError)) reportError(error)
      this.delegate.pictureFailed("picture_unreadable")
    }
  }

  async #take() {
    if (this.taking) return
    this.taking = true
    try {
      const part = await import("./camera-view.js").catch(() => this.delegate.partMissing())
      const taken = part ? await part.takePicture(this.words) : null
      if (taken instanceof Blob) this.#showAll([taken])
      else if (taken) this.delegate.pictureFailed(taken)
    } finally {
      this.taking = false
    }
  }

  /** @param {string} key @param {() => void} pressed */
  #button(key, pressed) {
    const button = element("button", { type: "button", class: "plain" }, this.words.say(key))
    button.addEventListener("click", pressed)
    return button
  }
}

/** @param {DataTransfer | null} data */
function holdsFile(data) {
  return [...data?.items ?? []].some(({ kind }) => kind === "file")
}
