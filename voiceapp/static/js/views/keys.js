// What the keys do that work anywhere on the page.

import { Shortcuts } from "../browser/shortcuts.js"

export class Keys {
  shortcuts = new Shortcuts(document, this)

  /**
   * @param {import("../call/call.js").Call} call
   * @param {{composerView: {box: HTMLElement}, appearanceView: {showKeys: () => void}}} views
   * @param {{escaped: () => void}} delegate nothing is being said that Escape could stop
   */
  constructor(call, views, delegate) {
    this.call = call
    this.views = views
    this.delegate = delegate
  }

  start() {
    this.shortcuts.start()
    addEventListener("blur", () => this.#left())
  }

  /** The keyboard is elsewhere: nobody would tell us that the key was let go. */
  #left() {
    this.shortcuts.spaceHeld = false
    this.call.pushToTalk.key.letGo()
  }

  // Shortcuts delegate

  escapePressed() {
    // The browser closes it.
    if (document.querySelector(":popover-open, dialog:modal")) return
    this.call.answering ? this.call.interrupt() : this.delegate.escaped()
  }

  /** Only if they were asked for: some speak to their computer. @param {string} key */
  letterPressed(key) {
    const { call, views: { composerView, appearanceView } } = this
    const act = call.preferences.values.keys && {
      m: () => call.callState.active && call.toggleMicrophone(), "/": () => composerView.box.focus(),
      "?": () => appearanceView.showKeys()
    }[key.toLowerCase()]
    if (act) act()
    return Boolean(act)
  }

  spacePressed() {
    return this.call.preferences.values.space && this.call.pushToTalk.press(" ")
  }

  spaceReleased = () => this.call.pushToTalk.key.release(" ")
}
