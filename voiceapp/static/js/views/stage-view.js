// The stage and the words: beside each other where there is room, else one of them, as the person chose; and on the
// stage the caption of what is being said.

import { captionOf } from "../models/caption.js"
import { stateOf } from "../models/status.js"
import { find, write } from "./element.js"
import { whenFlicked } from "./flick.js"

/** Enough for both: in rem, and where it is low. */
const WIDE_REM = 54
const WIDE_LOW_REM = 38
const SOON_MS = 2000
const LOW = "(max-height: 30rem)"

export class StageView {
  main = /** @type {HTMLElement} */ (document.querySelector("main"))
  toggle = find("text-toggle", HTMLButtonElement)
  caption = find("caption", HTMLElement)
  canvas = find("figure", HTMLCanvasElement)
  /** Once it was loaded, before the first call. @type {import("./figure.js").Figure | undefined} */
  figure
  /** It is on its way, or here: there is one on the canvas. */
  wanted = false
  /** It did not come. */
  failed = false
  /** There is sound to be seen. */
  sounds = false
  pending = false
  wide = false

  /**
   * @param {import("../call/call.js").Call} call
   * @param {import("../models/transcript.js").Transcript} transcript
   * @param {import("../models/caption-pace.js").CaptionPace} pace
   * @param {import("../models/preferences.js").Preferences} preferences
   * @param {import("../browser/i18n.js").Words} words
   * @param {{partMissing: () => Promise<void>, coveringDrawer: import("./drawer.js").Drawer | undefined}} delegate its
   *   drawer lies over the words
   */
  constructor(call, transcript, pace, preferences, words, delegate) {
    this.delegate = delegate
    this.call = call
    this.transcript = transcript
    this.pace = pace
    this.preferences = preferences
    this.words = words
  }

  start() {
    new ResizeObserver(() => this.#measure()).observe(this.main)
    matchMedia(LOW).addEventListener("change", () => this.#measure())
    this.toggle.addEventListener("click", () => this.#choose(!this.#read))
    whenFlicked(this.main, x => this.#flicked(x))
    document.querySelector(".skip")?.addEventListener("click", () => this.preferences.choose("text", true))
    this.#measure()
    setTimeout(() => this.#load(), SOON_MS)
  }

  render() {
    const panes = this.#panes
    document.body.dataset.panes = panes
    const word = /** @type {Element} */ (this.toggle.querySelector(".word"))
    write(word, this.words.say(this.#read ? "text.hide" : "text.show"))
    if (this.call.callState.active) this.#load()
    this.figure?.show(stateOf(this.call))
    this.captionMoved()
  }

  soundOpened() {
    this.sounds = true
    const { microphone, player } = this.call
    this.figure?.start(
      { microphone: () => this.#heard ? microphone.analyser : null, assistant: () => player.analyser }
    )
  }

  soundClosed() {
    this.sounds = false
    this.figure?.stop()
  }

  /** What few look at before a call. */
  async #load() {
    if (this.wanted) return
    this.wanted = true
    const part = await import("./figure.js").catch(() => null)
    this.failed = !part
    if (!part) return void (this.call.callState.active && this.delegate.partMissing())
    this.figure = new part.Figure(this.canvas)
    this.figure.show(stateOf(this.call))
    if (this.sounds) this.soundOpened()
  }

  /** What did not come is asked for again. */
  callBegun() {
    if (this.failed) this.wanted = this.failed = false
  }

  /** Whether what is said goes anywhere. */
  get #heard() {
    return !this.call.muted && (!this.call.isPushToTalk || this.call.talking)
  }

  /** At most once a frame, and only where it is seen. */
  captionMoved() {
    if (this.pending || document.hidden) return
    this.pending = true
    requestAnimationFrame(() => this.#renderCaption())
  }

  #measure() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    this.wide = this.main.clientWidth >= rem * (matchMedia(LOW).matches ? WIDE_LOW_REM : WIDE_REM)
    this.render()
  }

  /** @returns {"voice" | "words" | "both"} */
  get #panes() {
    if (!this.#text && !this.#asked) return "voice"
    return this.wide ? "both" : "words"
  }

  /** The words are in sight. */
  get #read() {
    return document.body.dataset.panes !== "voice" && !this.delegate.coveringDrawer
  }

  /** The words are to be seen, if there can be any. */
  get #text() {
    const { active } = this.call.callState
    if (!active && this.transcript.empty) return false
    return this.preferences.values.text ?? (this.wide || !active)
  }

  /** What stands among the words wants an answer, or is read there alone. */
  get #asked() {
    const { incoming, outbox, audio } = this.call
    const kept = outbox.pictures.all.length > 0 || outbox.all.some(({ state }) => state !== "sent")
    return kept || incoming.asked.size > 0 || audio.device.silent
  }

  /** To the words, or back to the voice. @param {1 | -1} x */
  #flicked(x) {
    const { active } = this.call.callState
    if (!this.wide && (active || !this.transcript.empty)) this.#choose((x < 0) === (this.words.direction === "ltr"))
  }

  /** With a transition where the browser has one. @param {boolean} text */
  #choose(text) {
    const show = () => {
      if (text) this.delegate.coveringDrawer?.giveWay()
      this.preferences.choose("text", text)
    }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    // A page that is hidden meanwhile skips it.
    if (document.startViewTransition && !still) document.startViewTransition(show).ready.catch(() => {})
    else show()
  }

  #renderCaption() {
    this.pending = false
    const seen = this.call.callState.active && document.body.dataset.panes !== "words"
    const typed = this.call.outbox.all.findLast(({ state }) => state === "sent")?.text
    const caption = seen ? captionOf(this.transcript.present, entry => this.pace.shown(entry), typed) : null
    const { role, said, coming } = caption ?? { role: "", said: "", coming: "" }
    const [first, rest] = [...this.caption.children]
    this.caption.dataset.role = role
    write(first, said)
    write(rest, coming)
  }
}
