// The whole page: makes the parts, and lets each tell the others what happened.

import { askAdmission } from "./admission.js"
import { Call } from "./call.js"
import { CaptionPace } from "./caption-pace.js"
import { Choices } from "./choices.js"
import { Inspector } from "./inspector.js"
import { Keys } from "./keys.js"
import { Meter } from "./meter.js"
import { Notices } from "./notices.js"
import { obstacle } from "./obstacle.js"
import { sharedIn } from "./share.js"
import { Stats } from "./stats.js"
import { FORMS } from "./talks/exports.js"
import { Keeper } from "./talks/keeper.js"
import { Store } from "./talks/store.js"
import { Transcript } from "./transcript.js"
import { ComposerView } from "./views/composer-view.js"
import { ControlsView } from "./views/controls-view.js"
import { DevicesView } from "./views/devices-view.js"
import { Drawer } from "./views/drawer.js"
import { find } from "./views/element.js"
import { InspectorView } from "./views/inspector-view.js"
import { LookView } from "./views/look-view.js"
import { MeterView } from "./views/meter-view.js"
import { NoticesView } from "./views/notices-view.js"
import { SettingsView } from "./views/settings-view.js"
import { save } from "./views/talk-detail-view.js"
import { TalkView } from "./views/talk-view.js"
import { TalksView } from "./views/talks-view.js"
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
  inspector = new Inspector(this)
  meter = new Meter()
  keeper = new Keeper({ transcript: this.transcript, inspector: this.inspector, choices: this.choices, store: new Store(indexedDB), now: this.now }, this)
  wakeLock = new WakeLock()
  keys = new Keys(document, this)
  composerView = new ComposerView(this)
  waveform = new Waveform(find("wave", HTMLCanvasElement))

  /** @param {import("./i18n.js").Words} words */
  constructor(words) {
    this.words = words
    this.notices = new Notices(words, this)
    this.call = this.#makeCall()
    this.controlsView = new ControlsView(this.call, words)
    this.transcriptView = new TranscriptView(this.transcript, this.pace, words)
    this.noticesView = new NoticesView(this.notices, words)
    this.inspectorView = new InspectorView(this.inspector, words, this)
    this.meterView = new MeterView(this.meter, words)
    this.talksView = new TalksView(this.keeper, words, this)
    this.lookView = new LookView(this.choices, words)
    this.settings = new Drawer("settings", this)
    this.settingsView = new SettingsView(this.choices, this.call.sound, words)
    this.devicesView = new DevicesView(this.call.sound, this.choices, words)
    this.talkView = new TalkView(this.call, this.choices, words)
  }

  start() {
    const views = [this.controlsView, this.transcriptView, this.composerView, this.inspectorView, this.settingsView, this.talkView, this.talksView, this.lookView]
    for (const part of [...views, this.settings, this.keys, this.call.sound.devices]) part.start()
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#shown() })
    for (const type of ["pointerup", "keydown"]) document.addEventListener(type, () => this.call.sound.touched())
    addEventListener("blur", () => this.#left())
    addEventListener("pagehide", () => this.call.stop())
    this.#adopt()
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
    const { transcript, pace, notices, choices, stats, now, keeper } = this
    const connect = () => /** @type {any} */ (window).io({ transports: ["websocket"], autoConnect: false, ...RECONNECT })
    const devices = navigator.mediaDevices
    return new Call({ connect, ask: askAdmission, devices, transcript, pace, notices, choices, stats, now, keeper, obstacle: () => obstacle(/** @type {any} */ (window)) }, this)
  }

  /** The settings of a link, once: afterwards they are one's own. */
  #adopt() {
    if (!this.choices.adopt(sharedIn(location.hash))) return
    history.replaceState(null, "", location.pathname + location.search)
    this.lookView.adopted()
    this.settings.open()
  }

  get #drawers() {
    return [this.inspectorView.drawer, this.settings, this.talksView.drawer]
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
    if (!this.call.session.active) this.meter.end()
    this.meterView.render()
  }

  /** @param {import("./wire.js").Ready} ready */
  callReadied(ready) {
    this.meter.begin(ready, Date.now())
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
    this.inspector.add(line)
  }

  /** @param {import("./wire.js").Tokens} tokens @param {import("./wire.js").Cost | null} cost */
  usageArrived(tokens, cost) {
    Object.assign(this.meter, { tokens, cost })
    this.meterView.render()
  }

  /** @param {import("./wire.js").Limits} limits */
  limitsArrived(limits) {
    this.meter.limits = limits
    this.meterView.render()
  }

  // Delegate of the models

  transcriptChanged() {
    this.transcriptView.render()
  }

  noticesChanged() {
    this.noticesView.render()
  }

  inspectorChanged() {
    this.inspectorView.render()
  }

  talksChanged() {
    this.talksView.render()
  }

  keepingFailed() {
    this.notices.add({ code: "talk_not_kept" })
  }

  // Delegate of the views and keys

  /** @param {string} text */
  textEntered(text) {
    this.call.say(text)
  }

  /** One at a time. @param {Drawer} drawer */
  drawerOpened(drawer) {
    for (const other of this.#drawers) if (other !== drawer) other.giveWay()
    if (drawer === this.inspectorView.drawer) this.call.watch(true)
    for (const view of [this.inspectorView, this.devicesView, this.talksView]) view.render()
  }

  /** @param {Drawer} drawer */
  drawerClosed(drawer) {
    if (drawer === this.inspectorView.drawer) this.call.watch(false)
  }

  escapePressed() {
    if (this.call.speaking) return this.call.interrupt()
    for (const drawer of this.#drawers) drawer.close()
  }

  /** Only if they were asked for: some speak to their computer. @param {string} key */
  letterPressed(key) {
    const act = this.choices.values.keys && {
      m: () => this.call.session.active && this.call.toggleMicrophone(), "/": () => this.composerView.box.focus(), "?": () => this.lookView.showKeys()
    }[key.toLowerCase()]
    if (act) act()
    return Boolean(act)
  }

  eventsWanted() {
    const events = { events: this.inspector.lines }
    save({ name: "events.jsonl", blob: new Blob([FORMS.jsonl.write(/** @type {any} */ (events), this.words)], { type: FORMS.jsonl.type }) })
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
    if (name === "keep") this.keeper.choiceChanged()
    this.lookView.render()
    this.talksView.renderChoice()
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
