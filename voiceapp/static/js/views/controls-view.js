// The round button, the microphone, the stop button, and the state of the call in words and on the body.

import { statusKey } from "../status.js"
import { find, write } from "./element.js"

export class ControlsView {
  big = find("call", HTMLButtonElement)
  microphone = find("microphone", HTMLButtonElement)
  hush = find("hush", HTMLButtonElement)
  status = find("status", HTMLElement)

  /**
   * @param {import("../call.js").Call} call
   * @param {import("../i18n.js").Words} words
   */
  constructor(call, words) {
    this.call = call
    this.words = words
  }

  start() {
    this.big.addEventListener("click", () => this.#bigPressed())
    this.microphone.addEventListener("click", () => this.call.toggleMicrophone())
    this.hush.addEventListener("click", () => this.call.interrupt())
    this.render()
  }

  render() {
    const { session, speaking } = this.call
    document.body.dataset.phase = session.phase
    document.body.dataset.turn = session.turn
    document.body.toggleAttribute("data-speaking", speaking)
    write(this.status, this.words.say(statusKey(this.call)))
    this.#renderBig()
    this.#renderMicrophone()
    // Not disabled: a button that is just pressed must keep its focus.
    this.hush.setAttribute("aria-disabled", String(!speaking))
  }

  #renderBig() {
    const { session } = this.call
    const state = !session.active ? "start" : session.phase === "connecting" ? "cancel" : "stop"
    this.big.dataset.state = state
    name(this.big, this.words.say(`call.${state}`))
  }

  #renderMicrophone() {
    const { session, microphone, muted } = this.call
    this.microphone.disabled = !session.active
    this.microphone.setAttribute("aria-pressed", String(session.active && !muted))
    name(this.microphone, this.words.say(session.active && !microphone.there ? "microphone.add" : muted && session.active ? "microphone.off" : "microphone.on"))
  }

  #bigPressed() {
    this.call.session.active ? this.call.stop() : this.call.start({ microphone: true })
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} words
 */
function name(button, words) {
  button.setAttribute("aria-label", words)
  button.title = words
}
