// The whole page: makes the parts, and lets each tell the others what happened.

import { Call } from "./call.js"
import { CaptionPace } from "./caption-pace.js"
import { EventLog } from "./event-log.js"
import { Keys } from "./keys.js"
import { Notices } from "./notices.js"
import { obstacle } from "./obstacle.js"
import { Stats } from "./stats.js"
import { Transcript } from "./transcript.js"
import { ComposerView } from "./views/composer-view.js"
import { ControlsView } from "./views/controls-view.js"
import { find } from "./views/element.js"
import { EventLogView } from "./views/event-log-view.js"
import { NoticesView } from "./views/notices-view.js"
import { TranscriptView } from "./views/transcript-view.js"
import { Waveform } from "./views/waveform.js"
import { WakeLock } from "./wake-lock.js"

const RECONNECT = { reconnectionDelay: 300, reconnectionDelayMax: 3000, timeout: 8000 }

export class Page {
  now = () => performance.now()
  stats = new Stats(this.now)
  pace = new CaptionPace()
  transcript = new Transcript(this)
  eventLog = new EventLog(this)
  wakeLock = new WakeLock()
  keys = new Keys(document, this)
  composerView = new ComposerView(this)
  waveform = new Waveform(find("wave", HTMLCanvasElement))

  /** @param {import("./i18n.js").Words} words */
  constructor(words) {
    this.notices = new Notices(words, this)
    this.call = this.#makeCall()
    this.controlsView = new ControlsView(this.call, words)
    this.transcriptView = new TranscriptView(this.transcript, this.pace, words)
    this.noticesView = new NoticesView(this.notices, words)
    this.eventLogView = new EventLogView(this.eventLog, words, this)
  }

  start() {
    for (const part of [this.controlsView, this.transcriptView, this.composerView, this.eventLogView, this.keys]) part.start()
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#shown() })
    addEventListener("pagehide", () => this.call.stop())
    const code = obstacle(/** @type {any} */ (window))
    if (code) this.notices.add({ code, fatal: true })
  }

  /** For tests and tools; see stats.js. */
  snapshot() {
    return this.stats.snapshot(this.call.session, this.call.muted)
  }

  #makeCall() {
    const { transcript, pace, notices, stats, now } = this
    const connect = () => /** @type {any} */ (window).io({ transports: ["websocket"], autoConnect: false, ...RECONNECT })
    const devices = navigator.mediaDevices
    return new Call({ connect, devices, transcript, pace, notices, stats, now, obstacle: () => obstacle(/** @type {any} */ (window)) }, this)
  }

  #shown() {
    this.call.pageShown()
    this.wakeLock.pageShown()
    this.transcriptView.render()
  }

  // Call delegate

  callChanged() {
    this.controlsView.render()
  }

  soundOpened() {
    const { microphone, player } = this.call
    this.waveform.start({ microphone: () => this.call.muted ? null : microphone.analyser, assistant: () => player.analyser })
    this.wakeLock.start()
  }

  soundClosed() {
    this.waveform.stop()
    this.wakeLock.stop()
  }

  captionMoved() {
    this.transcriptView.render()
  }

  /** @param {import("./wire.js").LogLine} line */
  logArrived(line) {
    this.eventLog.add(line)
  }

  /** @param {import("./wire.js").Tokens} total */
  usageArrived(total) {
    this.eventLogView.renderUsage(total)
  }

  // Delegate of the models

  transcriptChanged() {
    this.transcriptView.render()
  }

  noticesChanged() {
    this.noticesView.render()
  }

  eventLogChanged() {
    this.eventLogView.render()
  }

  // Delegate of the views and keys

  /** @param {string} text */
  textEntered(text) {
    this.call.say(text)
  }

  logOpened() {
    this.call.watch(true)
  }

  logClosed() {
    this.call.watch(false)
  }

  escapePressed() {
    this.call.speaking ? this.call.interrupt() : this.eventLogView.close()
  }
}
