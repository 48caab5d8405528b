// Where a picture is shown to the assistant: chosen, taken by the camera, pasted or dropped; and, below the
// conversation, those that do not stand in it yet.

import { partsOf } from "../call/pictures.js"
import { element, find, write } from "./element.js"

/** @type {Record<import("../call/pictures.js").PictureState, string>} */
const STATES = { waiting: "pictures.waiting", sending: "pictures.sending", unsent: "pictures.unsent" }

export class PicturesView {
  /** None where no model sees any. */
  menu = document.getElementById("pictures")
  root = find("pictures-outbox", HTMLElement)
  /** @type {Map<string, {root: HTMLElement, mark: HTMLElement, state: string}>} */
  rows = new Map()

  /**
   * @param {import("../call/pictures.js").Pictures} pictures
   * @param {import("../models/thumbnails.js").Thumbnails} thumbnails
   * @param {import("../browser/i18n.js").Words} words
   * @param {{pictureFailed: (code: string) => void, partMissing: () => void}} delegate
   */
  constructor(pictures, thumbnails, words, delegate) {
    this.pictures = pictures
    this.thumbnails = thumbnails
    this.words = words
    this.delegate = delegate
  }

  start() {
    document.addEventListener("paste", event => this.#given(event, event.clipboardData))
    document.addEventListener("dragover", event => { if (holdsFile(event.dataTransfer)) event.preventDefault() })
    document.addEventListener("drop", event => this.#given(event, event.dataTransfer))
    if (!this.menu) return
    const file = find("picture-file", HTMLInputElement)
    find("picture-choose", HTMLButtonElement).addEventListener("click", () => file.click())
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? []
      file.value = ""
      if (chosen) this.#show(chosen)
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
    write(row.mark, this.words.say(STATES[picture.state], { percent }))
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
    const file = [...data?.files ?? []].find(({ type }) => type.startsWith("image/"))
    if (!file) return
    event.preventDefault()
    if (this.menu) this.#show(file)
    else this.delegate.pictureFailed("pictures_unseen")
  }

  /** @param {Blob} file */
  async #show(file) {
    const part = await import("./jpeg.js").catch(() => this.delegate.partMissing())
    if (!part) return
    try {
      const prepared = await part.prepare(file)
      this.thumbnails.keep(this.pictures.add(prepared), prepared.thumbnail)
    } catch (error) {
      if (!(error instanceof part.NoPictureError)) throw error
      this.delegate.pictureFailed("picture_unreadable")
    }
  }

  async #take() {
    const part = await import("./camera-view.js").catch(() => this.delegate.partMissing())
    if (!part) return
    const taken = await part.takePicture(this.words)
    if (taken instanceof Blob) await this.#show(taken)
    else if (taken) this.delegate.pictureFailed(taken)
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
  return [...data?.items ?? []].some(({ kind, type }) => kind === "file" && type.startsWith("image/"))
}
