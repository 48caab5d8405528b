// What the server says of the conversation: taken down, played, counted and kept.

import { decode } from "../audio/base64.js"
import { msOf } from "../audio/pcm.js"

/**
 * @typedef {object} IncomingParts
 * @property {import("./call-state.js").CallState} callState
 * @property {import("./outgoing.js").Outgoing} outgoing
 * @property {import("./pause-watch.js").PauseWatch} pauses
 * @property {import("../audio/player.js").Player} player
 * @property {import("../models/transcript.js").Transcript} transcript
 * @property {import("../models/caption-pace.js").CaptionPace} pace
 * @property {import("../history/history-keeper.js").HistoryKeeper} keeper
 * @property {import("../models/stats.js").Stats} stats
 * @property {import("../models/notices.js").Notices} notices
 * @property {import("./outbox.js").Outbox} outbox
 * @property {import("../models/thumbnails.js").Thumbnails} thumbnails
 * @property {import("./held-voice.js").HeldVoice} heldVoice
 */

export class Incoming {
  /** Tools that wait for the person's answer. @type {Set<string>} */
  asked = new Set()
  /** When those began that run. @type {Map<string, number>} */
  toolsBegan = new Map()
  /** The notice of how the call came back: the turn that is told next is part of that, and does not end it. */
  cameBack = ""

  /**
   * @param {IncomingParts} parts
   * @param {{captionMoved: () => void, callChanged: () => void,
   *   usageArrived: (usage: import("../wire.js").Usage) => void}} delegate
   */
  constructor(parts, delegate) {
    this.callState = parts.callState
    this.outgoing = parts.outgoing
    this.pauses = parts.pauses
    this.player = parts.player
    this.transcript = parts.transcript
    this.pace = parts.pace
    this.keeper = parts.keeper
    this.stats = parts.stats
    this.notices = parts.notices
    this.outbox = parts.outbox
    this.thumbnails = parts.thumbnails
    this.heldVoice = parts.heldVoice
    this.delegate = delegate
  }

  /** @param {import("../wire.js").TurnState} turn */
  turnChanged(turn) {
    const { turn: before } = this.callState
    if (turn !== before) this.pace.retold = false
    if (begins(turn, before)) this.notices.over("turnBegan", this.cameBack)
    if (turn === "listening" && before !== turn) this.notices.over("turnOver", this.cameBack)
    this.cameBack = ""
    this.callState.turnTo(turn)
    this.outgoing.gate.turnChanged(turn)
    this.stats.turnChanged(turn)
    this.keeper.recorder?.turnChanged(turn)
    if (turn !== "listening") return
    this.asked.clear()
    this.pace.turnEnded()
    this.delegate.captionMoved()
  }

  pauseTold = (/** @type {Wire.Pause} */ pause) => this.pauses.tell(pause)

  /** @param {number} n @param {import("../wire.js").Place} place */
  itemPlaced(n, place) {
    this.transcript.place(n, place, Date.now())
    this.pace.placed(place.id)
    this.keeper.recorder?.itemPlaced(place)
    if (place.kind === "picture") this.#pictureArrived(place.id)
    this.#typedArrived(place.id)
  }

  /** @param {number} n @param {import("../wire.js").Wording} wording */
  transcriptArrived(n, wording) {
    this.transcript.word(n, wording.tool ? { ...wording, tool: this.#timed(wording.item, wording.tool) } : wording)
    if (wording.tool) this.#toolTold(wording.item, wording.tool.state === "asked")
    if (wording.final) this.pace.worded(wording.item)
    this.keeper.changed()
    this.#typedArrived(wording.item)
  }

  /** With how long it ran. @param {string} item @param {import("../wire.js").Tool} tool */
  #timed(item, tool) {
    const before = this.transcript.entry(item)?.tool ?? null
    if (tool.state === "running" && before?.state !== "running") this.toolsBegan.set(item, this.stats.now())
    const tookMs = tool.state === "done" ? this.#toolTook(item, before) : undefined
    return tookMs === undefined ? tool : { ...tool, tookMs }
  }

  /** @param {string} item @param {import("../models/tool.js").Tool | null} before as it was told before */
  #toolTook(item, before) {
    const began = this.toolsBegan.get(item)
    this.toolsBegan.delete(item)
    return began === undefined ? before?.tookMs : Math.round(this.stats.now() - began)
  }

  /** @param {string} item @param {boolean} asked */
  #toolTold(item, asked) {
    if (asked === this.asked.has(item)) return
    asked ? this.asked.add(item) : this.asked.delete(item)
    this.delegate.callChanged()
  }

  /** @param {string} item */
  #pictureArrived(item) {
    const shown = this.outbox.pictures.arrived(item)
    if (shown) this.thumbnails.keep(item, shown)
    const thumbnail = this.thumbnails.of(item)
    if (thumbnail) this.transcript.show(item, thumbnail)
    this.keeper.changed()
  }

  /** @param {string} item */
  #typedArrived(item) {
    if (this.outbox.all.length === 0) return
    const entry = this.transcript.entry(item)
    if (entry?.role === "user" && entry.kind === "text" && entry.final) this.outbox.arrived(item, entry.text)
  }

  /** @param {string} item @param {string} base64 empty: there is no more of it */
  soundArrived(item, base64) {
    if (!base64) return this.#soundCompleted(item)
    this.stats.soundArrived(item)
    if (this.keeper.keepsSound) this.keeper.recorder?.soundArrived(item, decode(base64))
    this.pace.soundArrived(item, msOf(this.player.append(item, base64)))
  }

  /** @param {string} item */
  #soundCompleted(item) {
    this.player.complete(item)
    this.keeper.recorder?.soundCompleted(item)
    this.pace.soundCompleted(item)
  }

  /** @param {string} item */
  flushAsked(item) {
    this.player.flush(item)
    this.keeper.recorder?.soundCompleted(item)
  }

  /** Somebody speaks, and may not mean to interrupt. @param {Wire.Hold} hold */
  holdAsked({ on, voice_ms: voiceMs = 0 }) {
    this.stats.holdAsked(on)
    if (!on) {
      this.heldVoice.end()
      return this.player.goOn()
    }
    this.player.hold()
    this.heldVoice.begin(voiceMs)
  }

  /** @param {import("../wire.js").Usage} usage */
  usageArrived(usage) {
    this.keeper.usageArrived(usage)
    this.delegate.usageArrived(usage)
  }

  /** @param {import("../wire.js").Answered} answered */
  latencyArrived(answered) {
    this.stats.latencies.answered(answered)
  }
}

/**
 * Somebody speaks, or is answered: not where a step of the same turn follows another.
 * @param {import("../wire.js").TurnState} turn
 * @param {import("../wire.js").TurnState} before
 */
function begins(turn, before) {
  return turn !== before && turn !== "listening" && (before === "listening" || turn === "user" || turn === "assistant")
}
