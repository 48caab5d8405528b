// The check before a call, from where it is offered: loaded once somebody may soon ask for it.

import { address } from "../browser/addresses.js"
import { connect } from "../browser/browser.js"
import { PreflightOffer } from "./preflight-offer.js"

const PING_MS = 5000

export class SoundCheck {
  /** Once it was loaded. @type {import("./preflight-panel.js").PreflightPanel | undefined} */
  panel

  /**
   * @param {import("../call/call.js").Call} call
   * @param {import("../browser/i18n.js").Words} words
   * @param {{checkOpening: () => void, partMissing: () => Promise<void>}} delegate
   */
  constructor(call, words, delegate) {
    this.call = call
    this.words = words
    this.delegate = delegate
    this.offer = new PreflightOffer(call.preferences, words, this)
  }

  start() {
    this.offer.start()
  }

  render() {
    this.offer.render()
  }

  get callActive() {
    return this.call.callState.active
  }

  preferenceChanged() {
    this.panel?.preferenceChanged()
  }

  async stop() {
    await this.panel?.stop()
  }

  get #parts() {
    const { call, call: { preferences, now, checkSupport, transport: { ask }, microphone: { devices } } } = this
    const request = () => (
      { ...call.sessionRequest.fields, ...preferences.turn ? { turn: preferences.turn } : {}, greet: false }
    )
    const ping = () => fetch(address("healthz"), { cache: "no-store", signal: AbortSignal.timeout(PING_MS) })
    return { connect, ask, request, ping, now, preferences, checkSupport, devices }
  }

  // Delegate of the offer

  async preflightNear() {
    if (this.panel) return this.panel
    const [{ PreflightPanel, style }] = await Promise.all([
      import("./preflight-panel.js"), this.words.more("preflight")
    ])
    await style()
    this.panel ??= new PreflightPanel(this.#parts, this.words, this)
    return this.panel
  }

  async preflightWanted() {
    this.delegate.checkOpening()
    // An iPhone forgets the tap while it waits.
    if (this.panel) return this.panel.open()
    const panel = await this.preflightNear().catch(this.delegate.partMissing)
    if (!this.callActive) panel?.open()
  }

  // Delegate of the panel

  /** With the microphone allowed, the devices have names. */
  preflightMeasured() {
    this.call.audio.devices.refresh()
  }

  /** Inside the tap, as the sound needs it; the connection waits until nothing of the check is open. */
  callWanted() {
    this.call.opening.closing = this.stop()
    this.call.start({ microphone: true })
  }
}
