// The call's button, the microphone, the stop button, each named by what a press does, and the state of the call: in
// words, as an icon, and on the body.

import { about, duration } from "../models/amounts.js"
import { stateOf } from "../models/status.js"
import { find, write, writeSentences } from "./element.js"
import { Presses } from "./presses.js"
import { PushToTalkView } from "./push-to-talk-view.js"

/** @type {Record<import("../models/status.js").State, string>} */
const ICONS = {
  idle: "talk", permission: "lock", connecting: "link", listening: "ear", user: "mic", pause: "ear", thinking: "dots",
  tool: "wrench", assistant: "speaker",
  muted: "mic-off", talk: "press", reconnecting: "unlink", ended: "hangup"
}

const SECOND_MS = 1000

export class ControlsView {
  big = find("call", HTMLButtonElement)
  microphone = find("microphone", HTMLButtonElement)
  hush = find("hush", HTMLButtonElement)
  status = find("status", HTMLElement)
  log = find("transcript", HTMLElement)
  hint = find("hint", HTMLElement)
  icon = /** @type {Element} */ (document.getElementById("status-icon"))
  saver = find("save-talk", HTMLButtonElement)
  sure = find("sure", HTMLElement)
  presses = new Presses()

  /**
   * @param {import("../call/call.js").Call} call
   * @param {import("../models/usage-model.js").UsageModel} usageModel
   * @param {import("../browser/i18n.js").Words} words
   * @param {{talkWanted: () => void}} delegate
   */
  constructor(call, usageModel, words, delegate) {
    this.call = call
    this.usageModel = usageModel
    this.words = words
    this.delegate = delegate
    this.pushToTalkView = new PushToTalkView(call, call.preferences, words)
  }

  start() {
    this.big.addEventListener(
      "click", event => { if (!this.presses.same(/** @type {PointerEvent} */ (event))) this.#bigPressed() }
    )
    this.microphone.addEventListener("click", () => this.call.toggleMicrophone())
    this.hush.addEventListener("click", () => this.call.interrupt())
    this.saver.addEventListener("click", () => this.delegate.talkWanted())
    this.pushToTalkView.start()
    this.render()
  }

  render() {
    const { callState, speaking, answering } = this.call
    const state = stateOf(this.call)
    document.body.dataset.phase = callState.phase
    document.body.dataset.turn = callState.turn
    document.body.dataset.state = state
    document.body.toggleAttribute("data-speaking", speaking)
    this.#renderStatus(state)
    this.#renderBig()
    this.#renderSure(this.call.pauses.sure)
    this.#renderMicrophone()
    this.#renderHint()
    this.pushToTalkView.render()
    // Not disabled: a button that is just pressed must keep its focus.
    this.hush.setAttribute("aria-disabled", String(!answering))
  }

  /**
   * A screen reader would speak over the assistant, and into the microphone: what is heard is not announced as well.
   * @param {import("../models/status.js").State} state
   */
  #hush(state) {
    const { callState, audio } = this.call
    const heard = callState.live && !audio.device.silent
    this.log.setAttribute("aria-live", heard ? "off" : "polite")
    this.status.setAttribute("aria-live", heard && state === "assistant" ? "off" : "polite")
  }

  /** @param {import("../models/status.js").State} state */
  #renderStatus(state) {
    this.icon.setAttribute("href", `#icon-${ICONS[state]}`)
    this.#hush(state)
    writeSentences(this.status, state === "ended" ? this.#howItEnded() : this.words.say(this.#statusOf(state)))
    this.saver.hidden = state !== "ended" || !this.#talked
  }

  /** @param {import("../models/status.js").State} state */
  #statusOf(state) {
    const { audio, muted, heardEarly, incoming: { asked } } = this.call
    /** @type {Partial<Record<typeof state, string | false>>} */
    const others = {
      // Whoever thinks is not spoken to.
      pause: "status.user",
      tool: asked.size > 0 && "status.asked",
      connecting: heardEarly && "status.connecting.heard",
      muted: audio.stopped && !muted && "status.stopped"
    }
    return others[state] || `status.${state}`
  }

  /** Whether the call that is over has words to save. */
  get #talked() {
    const { last, recorder } = this.call.keeper
    return last !== null && last.id === recorder?.about.id && this.usageModel.lasted !== null
  }

  get #neverBegan() {
    const { lasted } = this.usageModel
    return this.call.endedBy !== "taken_over" && (lasted === null || (lasted < SECOND_MS && !this.#talked))
  }

  #howItEnded() {
    if (this.call.endedBy === "taken_over") return this.words.say("status.ended.elsewhere")
    if (this.#neverBegan) return this.words.say("status.ended.never")
    const { lasted, total, currency, estimated } = this.usageModel
    const time = duration(Math.max(lasted ?? 0, SECOND_MS), this.words)
    return total !== null
      ? this.words.say("status.ended.cost", { time, cost: about(total, currency, this.words, estimated) })
      : this.words.say("status.ended", { time })
  }

  #renderBig() {
    const { callState } = this.call
    const state = !callState.active ? "start" : callState.phase === "connecting" ? "cancel" : "stop"
    this.big.dataset.state = state
    const again = callState.phase === "ended" && !this.#neverBegan
    name(this.big, this.words.say(again ? "call.again" : `call.${state}`))
  }

  /** @param {number | null} sure */
  #renderSure(sure) {
    this.sure.toggleAttribute("data-sure", sure !== null)
    this.sure.style.setProperty("--sure", String(sure ?? 0))
  }

  #renderMicrophone() {
    const { callState, microphone, muted } = this.call
    const off = callState.active && muted
    this.microphone.disabled = !callState.active
    this.microphone.toggleAttribute("data-off", off)
    const add = callState.active && !microphone.there
    name(this.microphone, this.words.say(add ? "microphone.add" : off ? "microphone.on" : "microphone.off"))
  }

  /** Where nothing has been said yet. */
  #renderHint() {
    const { muted, isPushToTalk } = this.call
    write(this.hint, this.words.say(
      muted ? "welcome.live.muted" : isPushToTalk ? "welcome.live.held" : "welcome.live"
    ))
  }

  #bigPressed() {
    this.call.callState.active ? this.call.stop() : this.call.start({ microphone: true })
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} words
 */
function name(button, words) {
  write(/** @type {Element} */ (button.querySelector(".word")), words)
}
