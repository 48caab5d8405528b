// The whole page: makes the parts, and lets each tell the others what happened.

import { address } from "./browser/addresses.js"
import { askAdmission, whyMissing } from "./call/admission.js"
import { VoiceSample } from "./audio/voice-sample.js"
import { Call } from "./call/call.js"
import { DATABASES, connect, drafts, storage } from "./browser/browser.js"
import { CaptionPace } from "./text/caption-pace.js"
import { Choices } from "./models/preferences.js"
import { Edition } from "./browser/edition.js"
import { Inspector } from "./models/inspector.js"
import { Keys } from "./browser/shortcuts.js"
import { Meter } from "./models/usage-model.js"
import { Notices } from "./models/notices.js"
import { obstacle } from "./browser/support-check.js"
import { askToStay } from "./browser/persistence.js"
import { sharedIn } from "./models/settings-link.js"
import { Stats } from "./models/stats.js"
import { stateOf } from "./models/status.js"
import { Tabs } from "./browser/tabs.js"
import { Keeper } from "./history/history-keeper.js"
import { Store } from "./history/store.js"
import { Transcript } from "./models/transcript.js"
import { AssistantView } from "./views/assistant-view.js"
import { ComposerView } from "./views/composer-view.js"
import { ControlsView } from "./views/controls-view.js"
import { DevicesView } from "./views/devices-view.js"
import { Drawer } from "./views/drawer.js"
import { find } from "./views/element.js"
import { Focus } from "./views/focus.js"
import { InspectorDrawer } from "./views/inspector-drawer.js"
import { Leaving } from "./views/leaving.js"
import { LookView } from "./views/look-view.js"
import { MeterView } from "./views/meter-view.js"
import { NoticesView } from "./views/notices-view.js"
import { OutboxView } from "./views/outbox-view.js"
import { PreflightOffer } from "./views/preflight-offer.js"
import { SettingsView } from "./views/settings-view.js"
import { save } from "./views/save.js"
import { TalkView } from "./views/talk-view.js"
import { TalksView } from "./views/talks-view.js"
import { TranscriptView } from "./views/transcript-view.js"
import { Waveform } from "./views/waveform.js"
import { WakeLock } from "./browser/wake-lock.js"

const PING_MS = 5000
/** Whose next step is to load the page again. */
const RELOADS = ["page_outdated", "client_missing"]

export class Page {
  now = () => performance.now()
  stats = new Stats(this.now, this)
  pace = new CaptionPace()
  choices = new Choices(storage(), this)
  transcript = new Transcript(this)
  inspector = new Inspector(this)
  meter = new Meter()
  edition = new Edition()
  keeper = new Keeper({ transcript: this.transcript, inspector: this.inspector, pace: this.pace, choices: this.choices, store: new Store(DATABASES, this), now: this.now }, this)
  wakeLock = new WakeLock()
  keys = new Keys(document, this)
  sample = new VoiceSample(connect, askAdmission, this)
  waveform = new Waveform(find("wave", HTMLCanvasElement))
  /** Once it was loaded. @type {import("./preflight/panel.js").Panel | undefined} */
  preflight
  tabs = new Tabs(navigator.locks, this)

  /** @param {import("./browser/i18n.js").Words} words */
  constructor(words) {
    this.words = words
    this.notices = new Notices(words, this)
    this.call = this.#makeCall()
    this.composerView = new ComposerView(words, drafts(), this)
    this.outboxView = new OutboxView(this.call.outbox, this.composerView, words)
    this.controlsView = new ControlsView(this.call, this.meter, words, this)
    this.transcriptView = new TranscriptView(this.transcript, this.pace, words)
    this.noticesView = new NoticesView(this.notices, words, this)
    this.inspectorDrawer = new InspectorDrawer(this.inspector, words, this)
    this.meterView = new MeterView(this.meter, words, this.now)
    this.talksView = new TalksView(this.keeper, words, this)
    this.lookView = new LookView(this.choices, words)
    this.settings = new Drawer("settings", this)
    this.assistantView = new AssistantView(this.choices, this.call, this.sample, words)
    this.settingsView = new SettingsView(this.choices, this.call.sound, words)
    this.devicesView = new DevicesView(this.call.sound, this.choices, words)
    this.talkView = new TalkView(this.call, this.choices, words)
    this.preflightOffer = new PreflightOffer(this.choices, words, this)
  }

  start() {
    const views = [this.controlsView, this.meterView, this.transcriptView, this.composerView, this.inspectorDrawer, this.assistantView, this.settingsView, this.talkView, this.talksView, this.lookView, this.preflightOffer]
    for (const part of [...views, this.settings, this.keys, new Leaving(this.words, this), new Focus(), this.call.sound]) part.start()
    document.addEventListener("visibilitychange", () => document.hidden ? this.edition.unseen(this.#nothingToLose) : this.#shown())
    for (const type of ["pointerup", "keydown"]) document.addEventListener(type, () => this.call.sound.touched())
    addEventListener("blur", () => this.#left())
    addEventListener("pagehide", () => { this.call.stop(); this.composerView.leave(); this.sample.stop(); this.preflight?.stop() })
    addEventListener("storage", event => { if (event.storageArea === this.choices.storage) this.choices.stored(event.key) })
    addEventListener("hashchange", () => this.#adopt())
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
    const devices = navigator.mediaDevices
    return new Call({ connect, ask: askAdmission, devices, transcript, pace, notices, choices, stats, now, keeper, obstacle: () => obstacle(/** @type {any} */ (window)) }, this)
  }

  get #preflightParts() {
    const { call, choices, now } = this
    const { ask } = call.transport
    const wishes = () => ({ ...call.wishes.making, ...choices.turn ? { turn: choices.turn } : {}, greet: false })
    const ping = () => fetch(address("healthz"), { cache: "no-store", signal: AbortSignal.timeout(PING_MS) })
    return { connect, ask, wishes, ping, now, choices, obstacle: call.obstacle, devices: navigator.mediaDevices }
  }

  /** Whether what is said goes anywhere. */
  get #heard() {
    return !this.call.muted && (!this.call.pushToTalk || this.call.talking)
  }

  #keepMeter() {
    const { session } = this.call
    if (!session.active) {
      this.tabs.release()
      this.meter.end(this.now())
      if (this.edition.outdated) this.notices.add({ code: "page_outdated" })
    }
    if (session.turn !== "listening") this.meter.wake()
  }

  #keepingChosen() {
    this.notices.over("keepingChosen")
    this.keeper.choiceChanged()
    if (this.choices.values.keep !== "nothing") askToStay()
  }

  /** The settings of a link, once: afterwards they are one's own. */
  #adopt() {
    if (!this.choices.adopt(sharedIn(location.hash))) return
    history.replaceState(null, "", location.pathname + location.search)
    this.lookView.adopted()
    this.settings.open()
  }

  get #drawers() {
    return [this.inspectorDrawer.drawer, this.settings, this.talksView.drawer]
  }

  /** The keyboard is elsewhere: nobody would tell us that the key was let go. */
  #left() {
    this.keys.spaceHeld = false
    this.call.talk.key.letGo()
  }

  get #nothingToLose() {
    const kept = this.choices.values.keep !== "nothing" || this.transcript.entries.flat().length === 0
    return !this.callActive && kept && !this.composerView.box.value
  }

  #shown() {
    this.call.pageShown()
    this.wakeLock.pageShown()
    this.transcriptView.render()
  }

  // Call delegate

  callBegun() {
    this.sample.stop()
    this.talksView.pause()
    this.tabs.claim()
    this.meter.reset()
  }

  callChanged() {
    this.#keepMeter()
    this.waveform.show(stateOf(this.call))
    this.controlsView.render()
    this.talkView.render()
    this.assistantView.render()
    this.settingsView.render()
    this.devicesView.render()
    this.preflightOffer.render()
    this.meterView.render()
  }

  outboxChanged = () => this.outboxView.render()
  textsUnsent = (/** @type {string[]} */ texts) => this.composerView.giveBack(texts)

  /** @param {import("./call/wire.js").Ready} ready */
  callReadied(ready) {
    this.meter.begin(ready, this.now())
    this.edition.heard(ready.version)
  }

  /** @param {import("./call/wire.js").Made} made */
  callRenewed(made) {
    this.meter.renew(made, this.now())
    this.assistantView.renewed(made.voice)
  }

  /** @param {number} peak */
  levelMeasured(peak) {
    this.devicesView.renderLevel(peak)
  }

  soundOpened() {
    const { microphone, player } = this.call
    this.waveform.start({ microphone: () => this.#heard ? microphone.analyser : null, assistant: () => player.analyser })
    this.wakeLock.start()
  }

  soundClosed() {
    this.waveform.stop()
    this.wakeLock.stop()
  }

  captionMoved() {
    this.transcriptView.render()
  }

  /** @param {import("./call/wire.js").LogLine} line */
  logArrived(line) {
    this.inspector.add(line)
  }

  /** @param {import("./call/wire.js").Usage} usage */
  usageArrived(usage) {
    this.meter.usage = usage
    this.meterView.render()
    this.controlsView.render()
  }

  /** @param {import("./call/wire.js").Limits} limits */
  limitsArrived(limits) {
    this.meter.limit(limits, this.now())
    if (limits.idle_left_s === null) this.notices.over("turnBegan")
    this.meterView.render()
  }

  /** Loaded only when it is needed, and it did not come. */
  partMissing = async () => this.notices.add({ code: await whyMissing() })

  // Delegate of the check before a call

  /** Somebody may soon ask for it. */
  async preflightNear() {
    const { Panel, dressed } = await import("./preflight/panel.js")
    await dressed
    this.preflight ??= new Panel(this.#preflightParts, this.words, this)
    return this.preflight
  }

  async preflightWanted() {
    this.sample.stop()
    // An iPhone forgets the tap while it waits.
    if (this.preflight) return this.preflight.open()
    const panel = await this.preflightNear().catch(this.partMissing)
    if (!this.callActive) panel?.open()
  }

  /** With the microphone allowed, the devices have names. */
  preflightMeasured() {
    this.call.sound.devices.refresh()
  }

  get callActive() {
    return this.call.session.active
  }

  /** Inside the tap, as the sound needs it; the connection waits until nothing of the check is open. */
  callWanted() {
    this.call.closing = this.preflight?.stop() ?? Promise.resolve()
    this.call.start({ microphone: true })
  }

  // Delegate of the tabs

  callTaken() {
    this.notices.add({ code: "newer_tab", fatal: true })
    this.call.stop()
  }

  // Delegate of the models

  /** @param {import("./models/latency.js").Latency} latency */
  latencyMeasured(latency) {
    this.transcript.measure(latency)
    this.keeper.changed()
  }

  transcriptChanged() {
    this.transcriptView.render()
  }

  noticesChanged = () => this.noticesView.render()
  inspectorChanged = () => this.inspectorDrawer.render()
  talksChanged = () => this.talksView.render()

  keepingFailed = (/** @type {string} */ code) => this.notices.add({ code })

  // Delegate of the store

  storeBlocked() {
    this.notices.add({ code: "talks_blocked" })
    this.talksView.render()
  }

  storeFreed() {
    this.notices.over("storeFreed")
    this.talksView.render()
  }

  // Delegate of the views and keys

  /** Its next step is to load the page again, or to call. @param {string} code */
  noticeAccepted(code) {
    RELOADS.includes(code) ? location.reload() : this.call.start({ microphone: true })
  }

  talkWanted() {
    if (this.keeper.last) this.talksView.show(this.keeper.last)
  }

  textEntered = (/** @type {string} */ text) => this.call.say(text)

  /** One at a time. @param {Drawer} drawer */
  drawerOpened(drawer) {
    for (const other of this.#drawers) if (other !== drawer) other.giveWay()
    if (drawer === this.inspectorDrawer.drawer) this.call.watch(true)
    for (const view of [this.inspectorDrawer, this.devicesView, this.talksView]) view.render()
  }

  /** @param {Drawer} drawer */
  drawerClosed(drawer) {
    if (drawer === this.inspectorDrawer.drawer) this.call.watch(false)
    if (drawer === this.talksView.drawer) this.talksView.pause()
  }

  escapePressed() {
    // The browser closes it.
    if (this.meterView.opened) return
    if (this.call.answering) return this.call.interrupt()
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
    import("./history/files.js").then(({ eventsOf }) => save(eventsOf(this.inspector.lines, this.words)), this.partMissing)
  }

  spacePressed() {
    return this.choices.values.space && this.call.talk.press()
  }

  spaceReleased() {
    this.call.talk.key.release()
  }

  // Delegate of the voice's sample

  sampleChanged() {
    if (this.sample.playing) this.notices.over("sampleAsked")
    this.assistantView.render()
  }

  /** @param {import("./call/wire.js").Trouble} trouble */
  sampleFailed(trouble) {
    this.notices.add({ ...trouble, fatal: false }, ["sampleAsked"])
  }

  // Delegate of the choices

  /** @param {keyof import("./models/preferences.js").Values} name */
  choiceChanged(name) {
    this.call.choiceChanged(name)
    this.preflight?.choiceChanged()
    if (name === "keep") this.#keepingChosen()
    this.lookView.render()
    this.talksView.renderChoice()
    this.callChanged()
  }
}
