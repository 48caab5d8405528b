// A whole call with a browser and a server of which everything happens when the test says so: what the browser
// promises,
// what comes over the line, what a timer does.

import assert from "node:assert/strict"
import { Call } from "../../../voiceapp/static/js/call/call.js"
import { CaptionPace } from "../../../voiceapp/static/js/models/caption-pace.js"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { Notices } from "../../../voiceapp/static/js/models/notices.js"
import { Stats } from "../../../voiceapp/static/js/models/stats.js"
import { Thumbnails } from "../../../voiceapp/static/js/models/thumbnails.js"
import { Transcript } from "../../../voiceapp/static/js/models/transcript.js"
import { SavedCall } from "../../../voiceapp/static/js/call/saved-call.js"
import { Scheduler, settle, soundWorld } from "./audio.js"
import { Line } from "./line.js"
import { Timers } from "./timers.js"

export { settle } from "./audio.js"

export const READY = {
  conversation: "c", persona: "p", profile: "p", model: "m", voice: "v", sample_rate: 24000, chunk_ms: 40,
  expires_at: null, token: null, grace_s: 0
}
export const KEPT = { ...READY, token: "t", grace_s: 30 }
export const RESUMED = {
  ...KEPT, token: "t2", version: "v-1", why: "back", taken: 0, number: 0, again: false, missed: 0, heard: []
}
export const silent = () => new Proxy({}, { get: () => () => {} })
const MANY = 400

/** What the server says comes later, and only over a line that is there. */
function talkative(scheduler) {
  const line = new Line()
  const later = (...said) => scheduler.promise(() => { if (line.connected) line.come(...said) })
  const emit = line.emit.bind(line)
  const hang = line.disconnect.bind(line)
  const come = line.come.bind(line)
  let calls = 0
  const answer = {
    resume: () => later(...line.resumption),
    start: (_, acknowledge) => {
      calls++; scheduler.promise(() => { if (line.connected) acknowledge({ ok: true }) })
      later("ready", line.ready)
    },
    // One that has ended by itself meanwhile does not end again.
    stop: () => {
      scheduler.promise(() => { if (line.connected && calls > 0) line.come("ended", { reason: "stopped" }) })
    }
  }
  return Object.assign(line, {
    ready: READY,
    /** What the server says to a page that comes back. */
    resumption: ["not_resumed", { code: "call_over", message: "", retry: false, after_s: null }],
    come(event, ...data) {
      if (event === "ended") calls = 0
      come(event, ...data)
    },
    connect() {
      line.wanted = true
      scheduler.promise(() => { if (line.wanted && !line.connected) line.come("connect") })
    },
    disconnect() {
      line.wanted = false
      hang()
    },
    emit(event, ...said) {
      emit(event, ...said)
      answer[event]?.(...said)
      const n = event === "audio" ? said[0] : said[0]?.n
      if (n && event !== "got") later("ack", n)
    }
  })
}

export class Place {
  static #timers = null

  /** @param {any} [delegate] @param {any} [storage] of the tab */
  constructor(delegate = silent(), storage = null) {
    this.savedCall = new SavedCall(storage)
    Place.leave()
    this.timers = Place.#timers = new Timers()
    const scheduler = this.scheduler = new Scheduler()
    const world = this.world = soundWorld(scheduler)
    const line = this.line = talkative(scheduler)
    const clock = this.clock = { ms: 0 }
    const words = { say: key => key, has: () => true }
    const preferences = this.preferences = new Preferences(
      null, { preferenceChanged: name => this.call.preferenceChanged(name) }
    )
    const stats = new Stats(() => clock.ms, silent())
    const keeper = {
      takeUp() {}, begin() {}, pause() {}, keepNow() {}, stored: async () => undefined, goingOn: null, comeBack() {},
      end() {}, changed() {}, usageArrived() {}, recorder: null, keepsSound: false
    }
    this.transcript = new Transcript({ transcriptChanged() {} })
    this.pace = new CaptionPace()
    this.call = new Call({
      connect: () => line, savedCall: this.savedCall, ask: async () => (
        { reached: false, trouble: null }
      ), devices: world.devices, transcript: this.transcript, thumbnails: new Thumbnails(null), pace: this.pace,
      notices: new Notices(words, { noticesChanged() {} }), preferences, stats, now: () =>
        clock.ms, keeper, checkSupport: () => null
    }, delegate)
  }

  /** The browser's own timers are back. */
  static leave() {
    Place.#timers?.restore()
    Place.#timers = null
  }

  get standing() {
    return this.call.notices.all.map(({ code }) => code)
  }

  /**
   * The next thing that was promised or is due happens; says whether there was one.
   * @param {boolean} [late] promises are slow: timers come first
   */
  async step(late = false) {
    const promised = this.scheduler.waiting.length > 0
    const before = this.timers.now
    if (promised && !(late && this.timers.waiting.size > 0)) await this.scheduler.step()
    else if (!this.timers.fire()) return false
    this.clock.ms += this.timers.now - before
    await settle()
    return true
  }

  /** Until nothing more happens by itself; says how many milliseconds that took. */
  async rest() {
    const before = this.timers.now
    await settle()
    for (let i = 0; await this.step(); i++) assert.ok(i < MANY, "it never comes to rest")
    return this.timers.now - before
  }

  async goLive(microphone = true) {
    this.call.start({ microphone })
    await settle()
    for (let i = 0; !this.call.callState.live; i++) {
      assert.ok(i < MANY && await this.step(), "it never became live")
    }
    await this.rest()
    assert.equal(this.world.live(), microphone ? 1 : 0)
  }

  /** The microphone's level, and the time. @param {number} peak @param {number} seconds */
  hear(peak, seconds) {
    for (let ms = 0; ms < seconds * 1000; ms += 100) {
      this.clock.ms += 100
      this.call.audio.microphoneMeasured(peak, 100)
    }
  }
}
