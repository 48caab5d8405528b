// What the server says of the conversation, each numbered event once, and what of it the server need not keep any more.

import { Receipts } from "./receipts.js"

/** @typedef {"turn" | "item" | "transcript" | "audio" | "flush" | "hold" | "tool" | "usage"} Numbered */

export class Downlink {
  /**
   * @param {{ending: boolean, uplink: import("./uplink.js").Uplink}} line
   * @param {{incoming: import("./incoming.js").Incoming}} delegate
   */
  constructor(line, delegate) {
    this.line = line
    this.delegate = delegate
    this.receipts = new Receipts(n => line.uplink.sendGot(n))
  }

  /** A call is asked for. */
  begin() {
    this.receipts.begin(0)
  }

  /** The call is told anew. @param {import("../wire.js").Resumed} resumed */
  beginAgain({ number, heard }) {
    this.receipts.begin(number, new Map(heard.map(({ item, heard_ms: ms }) => [item, ms])))
  }

  /** There is no call. */
  end() {
    this.receipts.wanted = false
    this.receipts.end()
  }

  /** @param {any} socket */
  listen(socket) {
    const { receipts, delegate } = this
    this.#on(socket, "turn", (_, { state }) => delegate.incoming.turnChanged(state))
    this.#on(socket, "item", (n, place) => delegate.incoming.itemPlaced(n, place))
    this.#on(socket, "transcript", (n, wording) => delegate.incoming.transcriptArrived(n, wording))
    this.#on(socket, "audio", (n, item, base64) => {
      receipts.soundArrived(n, item, base64)
      delegate.incoming.soundArrived(item, base64)
    })
    this.#on(socket, "flush", (_, { item }) => {
      receipts.soundOver(item)
      delegate.incoming.flushAsked(item)
    })
    this.#on(socket, "hold", (_, hold) => delegate.incoming.holdAsked(hold))
    this.#on(socket, "tool", (n, { call, ...tool }) => delegate.incoming.transcriptArrived(n, { item: call, tool }))
    this.#on(socket, "usage", (_, usage) => delegate.incoming.usageArrived(usage))
  }

  /**
   * What a call cost is known last, also of one that is just over.
   * @template {Numbered} Event
   * @param {any} socket
   * @param {Event} event
   * @param {(...data: Wire.Told[Event]) => void} handler
   */
  #on(socket, event, handler) {
    socket.on(event, (/** @type {Wire.Told[Event]} */ ...data) => {
      if (this.line.ending ? event === "usage" : this.receipts.took(data[0])) handler(...data)
    })
  }
}
