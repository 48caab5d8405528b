// What becomes of a call whose line is lost, or whose page is loaded again: it goes on as it was, is told anew, or is
// over, and another one takes up what was said.

import { shownPast } from "../history/past-talk.js"
import { toldOf } from "../models/told-talk.js"

/** Whoever opens a page so long after is not in a call any more. */
const FORGOTTEN_MS = 600_000

/** @typedef {import("./saved-call.js").Saved} Saved */

export class Recovery {
  /** When the call began, unix milliseconds. */
  began = 0
  /** Why the call that is asked for is a new one. */
  why = "reconnected"
  /** Until this page is in the call that it was in before it was loaded. @type {Saved | null} */
  saved = null
  /** As that is kept. @type {import("../history/talk.js").Talk | undefined} */
  talk = undefined

  /** @param {import("./call.js").Call} call @param {import("./call-parts.js").Parts} parts */
  constructor(call, { savedCall, thumbnails, transcript, pace, keeper, notices, stats, checkSupport }) {
    this.call = call
    this.savedCall = savedCall
    this.thumbnails = thumbnails
    this.transcript = transcript
    this.pace = pace
    this.keeper = keeper
    this.notices = notices
    this.stats = stats
    this.checkSupport = checkSupport
  }

  /** What was said so far, as it was heard. */
  get said() {
    return toldOf(this.#entries(false))
  }

  /** For a server that knows nothing of the call; so much of it was said before. */
  get told() {
    const talk = this.said
    return { talk, before: talk.length - toldOf(this.#entries(true)).length }
  }

  /** @param {boolean} own of the call that goes on alone */
  #entries(own) {
    const { saved, talk, transcript, pace } = this
    if (!saved) return transcript.said(entry => pace.seen(entry), own)
    // A page that was just loaded knows of it what it kept.
    const from = own ? saved.talk?.part ?? 0 : 0
    return talk?.entries.filter(({ part = 0 }) => part >= from) ?? []
  }

  /** The person calls: a talk begins, or goes on. @param {import("../history/talk.js").Talk | null} talk */
  called(talk) {
    this.transcript.beginTalk(talk && shownPast(talk))
    this.keeper.takeUp(talk)
  }

  /** A call is asked for: of its own, or in place of one that is lost. */
  requested() {
    this.transcript.begin()
    this.pace.reset()
  }

  readied() {
    if (this.call.interrupted) this.notices.add({ code: this.why })
    else this.began = Date.now()
    this.why = "reconnected"
  }

  /** What nobody asked for is said. @param {import("../wire.js").Renewed} renewed */
  renewed({ why }) {
    if (why !== "asked") this.transcript.addBreak(why)
  }

  /** The line is lost. @param {boolean} kept the call is not */
  lost(kept) {
    if (!kept) return this.#lost()
    this.call.callState.take("away")
    // Whoever would say so cannot. What is played from now on may come back as an echo, which is no voice.
    this.call.heldVoice.end()
    this.call.player.goOn()
    this.call.outbox.away()
    this.keeper.keepNow()
  }

  /** And the call with it: nothing more comes of it. */
  #lost() {
    const { call } = this
    call.interrupted ||= call.callState.goesOn
    call.pushToTalk.key.drop()
    call.callState.take("lost")
    call.outbox.lost()
    call.microphone.chunkMs = 0
    call.player.silence()
    this.settle()
  }

  /** Nothing more comes of what is being said: as after an interruption, what was heard of it stays. */
  settle() {
    this.transcript.settle(entry => this.pace.seen(entry))
    this.keeper.pause()
  }

  /** @param {import("../wire.js").Resumed} resumed */
  resumed(resumed) {
    const { call, saved } = this
    if (!call.callState.take("resumed")) return
    this.stats.resumes++
    this.notices.over("lineBack")
    if (saved) this.#comeBack(resumed, saved)
    if (resumed.why === "moved") this.#moved()
    else if (resumed.missed > 0) this.#tell("events_missed", "missed")
    if (resumed.again) this.#tellAnew(resumed)
    call.sessionRequest.resumed(resumed)
    call.outbox.back(resumed.why === "moved")
    call.player.tellAgain()
    call.delegate.callResumed(resumed, this.began)
    this.save()
  }

  /** Another process goes on with the call. */
  #moved() {
    this.#tell("moved", "moved")
    this.transcript.endTools()
    this.call.incoming.asked.clear()
  }

  /** @param {string} code @param {import("../models/breaks.js").BreakKind} kind */
  #tell(code, kind) {
    this.notices.add({ code })
    this.call.incoming.cameBack = code
    this.transcript.addBreak(kind)
  }

  /** @param {import("../wire.js").Resumed} resumed */
  #tellAnew({ heard }) {
    const { transcript, pace, stats, keeper } = this
    const before = heard.map(({ item, heard_ms: ms }) => /** @type {[string, number]} */ ([item, ms]))
    transcript.retell()
    pace.restart(before)
    this.call.player.restart(before)
    stats.restart(before)
    keeper.recorder?.restart(before)
  }

  /** There is no coming back. @param {string} code why */
  gone(code) {
    const { call } = this
    if (!call.callState.active) return
    if (this.saved) return call.over("ended_away")
    this.#lost()
    this.notices.over("lineBack")
    this.why = code
    call.opening.request()
  }

  /** The page goes, maybe to be loaded again. */
  left() {
    const { call } = this
    if (!call.transport.kept || !call.callState.goesOn) return call.stop()
    // Nobody would let go of it.
    if (call.talking) call.transport.uplink.sendTalk(false)
    this.save()
    this.savedCall.left(call.transport.resumption.heir, (this.saved ?? this.transcript).latencies)
    call.outbox.left()
    call.leave()
  }

  /** The page is there, after it was loaded or shown again. */
  async start() {
    const { call } = this
    const saved = this.#read()
    if (!saved) return
    const allowed = await this.#mayListen(saved)
    const talk = await this.keeper.stored(saved.talk)
    const { texts = [] } = saved
    // Somebody may have called meanwhile.
    if (this.checkSupport() || !call.callState.take("back")) return this.#giveBack(texts)
    Object.assign(this, { saved, talk, began: saved.began })
    call.outbox.restore(texts)
    call.transport.adopt(saved)
    call.sessionRequest.agreed = saved.terms
    call.opening.begin(allowed)
    if (saved.microphone && !allowed) this.notices.add({ code: "microphone_shut" })
  }

  #read() {
    const { savedCall } = this
    const saved = savedCall.read()
    if (saved && savedCall.awayMs(saved) < FORGOTTEN_MS) return saved
    this.forget()
    this.#giveBack(saved?.texts ?? [])
    return null
  }

  /** To the person: nobody knows whether the server has them. @param {import("./outbox.js").Sent[]} texts */
  #giveBack(texts) {
    if (texts.length) this.call.delegate.textsUnsent(texts.map(({ text }) => text))
  }

  textsChanged() {
    this.savedCall.keepTexts(this.call.outbox.sent)
  }

  /** Nobody is heard who was away for long, or would have to be asked. @param {Saved} saved */
  async #mayListen(saved) {
    const { microphone, grace_s: graceS } = saved
    return microphone && this.savedCall.awayMs(saved) <= 1000 * graceS && this.call.audio.permission.granted()
  }

  /** In the call that another page began. @param {import("../wire.js").Resumed} resumed @param {Saved} saved */
  #comeBack(resumed, saved) {
    const { call, talk } = this
    this.ended()
    this.transcript.beginTalk(talk && saved.talk ? shownPast(talk, saved.talk.part) : null)
    this.transcript.begin(saved.talk?.opening)
    this.keeper.comeBack(resumed, saved.talk, talk)
    call.delegate.callTakenBack()
    call.sessionRequest.tell()
    call.followMode()
    call.startMicrophone(resumed)
    this.#know(saved, talk?.entries)
    call.outbox.comeBack(resumed.taken)
  }

  /**
   * Of its items, what no server tells again.
   * @param {Saved} saved
   * @param {import("../history/talk.js").TalkEntry[]} [entries] of the kept talk
   */
  #know({ talk, latencies = [] }, entries = []) {
    this.thumbnails.know(entries, talk?.part ?? 0)
    for (const latency of latencies) this.transcript.measure(latency)
  }

  /** What a page that is loaded again has to know. */
  save() {
    const { transport: { resumption }, callState, sessionRequest, muted } = this.call
    if (!resumption.token || !callState.goesOn || this.saved) return
    this.savedCall.keep({
      token: resumption.token, grace_s: resumption.graceMs / 1000, began: this.began, terms: sessionRequest.agreed,
      microphone: !muted, talk: this.keeper.goingOn, texts: this.call.outbox.sent
    })
  }

  /** The call is over: its tab keeps nothing of it. */
  forget() {
    this.savedCall.forget()
    this.thumbnails.forget()
  }

  /** There is nothing to come back to any more. */
  ended() {
    this.saved = null
    this.talk = undefined
  }
}
