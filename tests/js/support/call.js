// A whole call of the page in Node: its line and its sound are moved by hand, everything else is real.

import { mock } from "node:test"
import { Call } from "../../../voiceapp/static/js/call/call.js"
import { CaptionPace } from "../../../voiceapp/static/js/models/caption-pace.js"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { PassedEvents } from "../../../voiceapp/static/js/models/passed-events.js"
import { Notices } from "../../../voiceapp/static/js/models/notices.js"
import { Stats } from "../../../voiceapp/static/js/models/stats.js"
import { HistoryKeeper } from "../../../voiceapp/static/js/history/history-keeper.js"
import { Thumbnails } from "../../../voiceapp/static/js/models/thumbnails.js"
import { Transcript } from "../../../voiceapp/static/js/models/transcript.js"
import { SavedCall } from "../../../voiceapp/static/js/call/saved-call.js"
import { Scheduler, soundWorld } from "./audio.js"
import { Line } from "./line.js"

export const READY = {
  conversation: "c", persona: "p", profile: "p", model: "m", voice: "v", sample_rate: 24000, chunk_ms: 40,
  expires_at: null, token: null, grace_s: 0
}
export const RESUMED = { ...READY, token: "t", grace_s: 30, why: "back", again: false, missed: 0, heard: [] }
export const silent = (own = {}) => new Proxy(own, { get: (_, name) => own[name] ?? (() => {}) })

/** Promises, and databases that answer in the next round. */
export async function settle() {
  for (let i = 0; i < 12; i++) await new Promise(resolve => setImmediate(resolve))
}

export class Place {
  clock = { ms: 0 }
  scheduler = new Scheduler()
  line = new Line()
  told = []
  ready = READY
  /** Number of the last event that the server has. */
  taken = 0
  /** How a page comes back to its call. */
  why = "back"

  /**
   * @param {any} store
   * @param {object} [chosen]
   * @param {object} [delegate] of the call
   * @param {any} [otherTabs]
   * @param {any} [drafts]
   */
  constructor(store, chosen = {}, delegate = {}, otherTabs = null, drafts = null) {
    mock.timers.reset()
    mock.timers.enable({ apis: ["setTimeout"] })
    this.world = soundWorld(this.scheduler)
    this.thumbnails = new Thumbnails(null)
    const now = () => this.clock.ms
    const words = { say: key => key, has: () => true }
    const transcript = this.transcript = new Transcript({ transcriptChanged() {} })
    const pace = this.pace = new CaptionPace()
    this.preferences = new Preferences(
      null, { preferenceChanged: name => { if (name === "keep") this.keeper.preferenceChanged() } }
    )
    for (const [name, value] of Object.entries(chosen)) this.preferences.chosen[name] = value
    this.store = store
    this.keeper = new HistoryKeeper(
      { transcript, pace, passed: new PassedEvents(), preferences: this.preferences, store, now, otherTabs },
      { talksChanged() {}, keepingFailed: code => this.told.push(code) }
    )
    this.call = new Call({
      connect: () => this.line, savedCall: new SavedCall(null), ask: async () => ({ reached: false, trouble: null }),
      devices: this.world.devices, transcript, thumbnails: this.thumbnails, pace,
      notices: new Notices(words, { noticesChanged() {} }), preferences: this.preferences, stats: new Stats(
        now, silent()
      ), now, keeper: this.keeper, drafts, checkSupport: () => null
    }, silent(delegate))
  }

  /** What the browser promised comes, and the other side answers. */
  async go() {
    for (let i = 0; i < 6; i++) {
      await this.scheduler.drain()
      await settle()
      this.#answer()
    }
  }

  #answer() {
    const started = this.line.said.findLast(([event]) => event === "start")
    const asked = this.line.said.findLast(([event]) => event === "resume")
    if (this.wantsLine && !this.line.connected) this.line.come("connect")
    else if (asked && !asked.done) {
      asked.done = true
      this.line.come("resumed", { ...RESUMED, taken: this.taken, number: this.line.number, why: this.why })
    } else if (started && !started.done) {
      started.done = true
      started[2]({ ok: true })
      this.line.come("ready", this.ready)
    }
    this.#end()
  }

  #end() {
    const stopped = this.line.said.findLast(([event]) => event === "stop")
    if (!stopped || stopped.done) return
    stopped.done = true
    this.line.come("ended", { reason: "stopped" })
  }

  get wantsLine() {
    return this.call.transport.line.wanted
  }

  async begin() {
    this.call.start({ microphone: false })
    await this.go()
  }

  /** @param {string} event @param {...any} data */
  come(event, ...data) {
    this.line.come(event, ...data)
  }

  /** The line breaks. */
  lose() {
    this.line.connected = false
    this.line.come("disconnect", "transport close")
  }

  /** The loudspeaker has played so much of it. @param {string} item @param {number} ms */
  play(item, ms) {
    this.call.player.node?.port.onmessage({ data: { type: "position", item, ms, rms: 0 } })
  }

  /** As the page shows the talk: of each entry what is to be read, in order; of the calls from `first` on. */
  screen(first = this.keeper.first) {
    const segments = this.transcript.entries
    return segments.slice(first).flatMap((entries, i) => {
      const present = first + i === segments.length - 1
      return entries.map(entry => {
        const shown = present ? this.pace.shown(entry) : entry.text.length
        return entry.heard ?? entry.text.slice(0, shown)
      })
    }).map(text => text.trim()).filter(Boolean)
  }

  leave() {
    mock.timers.reset()
  }
}
