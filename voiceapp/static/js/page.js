// The whole page: makes the parts, and lets each tell the others what happened.

import { askAdmission } from "./admission.js"
import { Call } from "./call.js"
import { CaptionPace } from "./caption-pace.js"
import { Choices } from "./choices.js"
import { EventLog } from "./event-log.js"
import { Keys } from "./keys.js"
import { Notices } from "./notices.js"
import { obstacle } from "./obstacle.js"
import { Stats } from "./stats.js"
import { Transcript } from "./transcript.js"
import { ComposerView } from "./views/composer-view.js"
import { ControlsView } from "./views/controls-view.js"
import { DevicesView } from "./views/devices-view.js"
import { Drawer } from "./views/drawer.js"
import { find } from "./views/element.js"
import { EventLogView } from "./views/event-log-view.js"
import { NoticesView } from "./views/notices-view.js"
import { SettingsView } from "./views/settings-view.js"
import { TalkView } from "./views/talk-view.js"
import { TranscriptView } from "./views/transcript-view.js"
import { Waveform } from "./views/waveform.js"
import { WakeLock } from "./wake-lock.js"

const RECONNECT = { reconnectionDelay: 300, reconnectionDelayMax: 3000, timeout: 8000 }

export class Page {
  now = () => performance.now()
  stats = new Stats(this.now)
  pace = new CaptionPace()
  choices = new Choices(storage(), this)
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
    this.settings = new Drawer("settings", this)
    this.settingsView = new SettingsView(this.choices, this.call.sound, words)
    this.devicesView = new DevicesView(this.call.sound, this.choices, words)
    this.talkView = new TalkView(this.call, this.choices, words)
  }

  start() {
    const views = [this.controlsView, this.transcriptView, this.composerView, this.eventLogView, this.settingsView, this.talkView]
    for (const part of [...views, this.settings, this.keys, this.call.sound.devices]) part.start()
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#shown() })
    for (const type of ["pointerup", "keydown"]) document.addEventListener(type, () => this.call.sound.touched())
    addEventListener("blur", () => this.#left())
    addEventListener("pagehide", () => this.call.stop())
    const code = obstacle(/** @type {any} */ (window))
    if (code) this.notices.add({ code, fatal: true })
  }

  /** For tests and tools; see stats.js. */
  snapshot() {
    const { session, muted, talking, sound } = this.call
    this.stats.outputLatencyMs = sound.device.latencyMs || this.stats.outputLatencyMs
    return this.stats.snapshot(session, muted, talking)
  }

  #makeCall() {
    const { transcript, pace, notices, choices, stats, now } = this
    const connect = () => /** @type {any} */ (window).io({ transports: ["websocket"], autoConnect: false, ...RECONNECT })
    const devices = navigator.mediaDevices
    return new Call({ connect, ask: askAdmission, devices, transcript, pace, notices, choices, stats, now, obstacle: () => obstacle(/** @type {any} */ (window)) }, this)
  }

  /** The keyboard is elsewhere: nobody would tell us that the key was let go. */
  #left() {
    this.keys.spaceHeld = false
    this.call.talk.key.letGo()
  }

  #shown() {
    this.call.pageShown()
    this.wakeLock.pageShown()
    this.transcriptView.render()
  }

  // Call delegate

  callChanged() {
    this.controlsView.render()
    this.talkView.render()
    this.settingsView.render()
    this.devicesView.render()
  }

  /** @param {number} peak */
  levelMeasured(peak) {
    this.devicesView.renderLevel(peak)
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

  /** One at a time. @param {Drawer} drawer */
  drawerOpened(drawer) {
    for (const other of [this.eventLogView.drawer, this.settings]) if (other !== drawer) other.giveWay()
    if (drawer !== this.settings) this.call.watch(true)
    this.eventLogView.render()
    this.devicesView.render()
  }

  /** @param {Drawer} drawer */
  drawerClosed(drawer) {
    if (drawer !== this.settings) this.call.watch(false)
  }

  escapePressed() {
    if (this.call.speaking) return this.call.interrupt()
    this.eventLogView.drawer.close()
    this.settings.close()
  }

  spacePressed() {
    return this.choices.values.space && this.call.talk.press()
  }

  spaceReleased() {
    this.call.talk.key.release()
  }

  // Delegate of the choices

  /** @param {keyof import("./choices.js").Values} name */
  choiceChanged(name) {
    this.call.choiceChanged(name)
    this.callChanged()
  }
}

/** A browser may forbid even to look at it. */
function storage() {
  try {
    return localStorage
  } catch {
    return null
  }
}
