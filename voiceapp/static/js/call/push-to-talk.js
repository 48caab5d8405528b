// Push to talk: what a press of the key does to microphone and connection. The word is given first, then the sound with
// what was kept from just before the press; and taken back after the last of the sound.

import { TalkKey } from "./talk-key.js"

/**
 * @typedef {object} PushToTalkDelegate
 * @property {boolean} canTalk turns end by the key, and a call is live
 * @property {() => void} pushToTalkBegan
 * @property {() => void} talkKeyChanged
 */

export class PushToTalk {
  /** The rest of the latest press is on its way. @type {Promise<void>} */
  settled = Promise.resolve()

  /**
   * @param {{sendTalk: (down: boolean) => unknown}} uplink
   * @param {{pause: () => Promise<void>, resume: () => void}} microphone
   * @param {() => number} now milliseconds
   * @param {PushToTalkDelegate} delegate
   */
  constructor(uplink, microphone, now, delegate) {
    this.uplink = uplink
    this.microphone = microphone
    this.delegate = delegate
    this.key = new TalkKey(this, now)
  }

  /** Says whether there was a use for it. @param {string} by as the key has it */
  press(by) {
    if (this.delegate.canTalk) this.key.press(by)
    return this.delegate.canTalk
  }

  toggle() {
    if (this.delegate.canTalk) this.key.toggle()
  }

  // Talk key delegate

  async talkKeyDown() {
    this.delegate.pushToTalkBegan()
    await this.settled
    if (!this.key.down) return
    this.uplink.sendTalk(true)
    this.microphone.resume()
  }

  talkKeyUp() {
    this.settled = this.microphone.pause().then(() => { this.uplink.sendTalk(false) })
  }

  talkKeyChanged() {
    this.delegate.talkKeyChanged()
  }
}
