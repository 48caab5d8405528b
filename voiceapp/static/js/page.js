// The whole page: makes the parts, and lets each tell the others what happened.

import { askAdmission, whyMissing } from "./call/admission.js"
import { Call } from "./call/call.js"
import { DATABASES, connect, connectOnce, drafts, storage, toOtherTabs } from "./browser/browser.js"
import { CallLog } from "./models/call-log.js"
import { CaptionPace } from "./models/caption-pace.js"
import { Preferences } from "./models/preferences.js"
import { SavedCall } from "./call/saved-call.js"
import { PageVersion } from "./browser/page-version.js"
import { UsageModel } from "./models/usage-model.js"
import { Notices } from "./models/notices.js"
import { PassedEvents } from "./models/passed-events.js"
import { checkSupport } from "./browser/support-check.js"
import { sharedIn } from "./models/settings-link.js"
import { Stats } from "./models/stats.js"
import { stateOf } from "./models/status.js"
import { Tabs } from "./browser/tabs.js"
import { HistoryKeeper } from "./history/history-keeper.js"
import { Store } from "./history/store.js"
import { Thumbnails } from "./models/thumbnails.js"
import { Transcript } from "./models/transcript.js"
import { AssistantView } from "./views/assistant-view.js"
import { ComposerView } from "./views/composer-view.js"
import { ControlsView } from "./views/controls-view.js"
import { HomeView } from "./views/home-view.js"
import { Focus } from "./views/focus.js"
import { Keys } from "./views/keys.js"
import { InspectorDrawer } from "./views/inspector-drawer.js"
import { Leaving } from "./views/leaving.js"
import { AppearanceView } from "./views/appearance-view.js"
import { Meter } from "./views/meter.js"
import { NoticesView } from "./views/notices-view.js"
import { OutboxView } from "./views/outbox-view.js"
import { PicturesView } from "./views/pictures-view.js"
import { SettingsDrawer } from "./views/settings-drawer.js"
import { SettingsView } from "./views/settings-view.js"
import { SoundCheck } from "./views/sound-check.js"
import { StageView } from "./views/stage-view.js"
import { TalkBarOpener } from "./views/talk-bar-opener.js"
import { TalksDrawer } from "./views/talks-drawer.js"
import { TranscriptView } from "./views/transcript-view.js"
import { WakeLock } from "./browser/wake-lock.js"

export class Page {
  now = () => performance.now()
  stats = new Stats(this.now, this)
  pace = new CaptionPace()
  preferences = new Preferences(storage(), this)
  transcript = new Transcript(this)
  thumbnails = new Thumbnails(drafts())
  passed = new PassedEvents()
  callLog = new CallLog(this.now)
  usageModel = new UsageModel()
  pageVersion = new PageVersion()
  keeper = new HistoryKeeper({
    transcript: this.transcript, passed: this.passed, pace: this.pace, preferences: this.preferences,
    store: new Store(DATABASES, this), now: this.now, otherTabs: toOtherTabs("voiceapp-talks")
  }, this)
  wakeLock = new WakeLock()
  /** Once it was loaded. @type {import("./call/voice-sample.js").VoiceSample | undefined} */
  sample
  settingsDrawer = new SettingsDrawer(this)
  tabs = new Tabs(navigator.locks, this)

  /** @param {import("./browser/i18n.js").Words} words */
  constructor(words) {
    this.words = words
    this.notices = new Notices(words, this)
    this.call = this.#makeCall()
    this.composerView = new ComposerView(words, drafts(), this)
    this.outboxView = new OutboxView(this.call.outbox, this.composerView, words)
    this.picturesView = new PicturesView(this.call.outbox.pictures, words, this)
    this.controlsView = new ControlsView(this.call, this.usageModel, words, this)
    this.stageView = new StageView(this.call, this.transcript, this.pace, this.preferences, words, this)
    this.transcriptView = new TranscriptView(this.transcript, this.pace, words, this)
    this.noticesView = new NoticesView(this.notices, words, this)
    this.inspectorDrawer = new InspectorDrawer(this.callLog, this.passed, words, this)
    this.meter = new Meter(this.usageModel, words, this.now, this)
    this.talksDrawer = new TalksDrawer(this.keeper, words, this)
    this.appearanceView = new AppearanceView(this.preferences, words)
    this.assistantView = new AssistantView(this.preferences, this.call, words, this)
    this.homeView = new HomeView(this.preferences, this.keeper, words, this.assistantView, this)
    this.settingsView = new SettingsView(this.preferences, this.call.audio, words)
    this.soundCheck = new SoundCheck(this.call, words, this)
  }

  start() {
    const views = [
      this.controlsView, this.stageView, this.transcriptView, this.composerView, this.inspectorDrawer,
      this.assistantView, this.homeView, this.settingsView, this.talksDrawer, this.appearanceView,
      this.soundCheck, this.picturesView, this.settingsDrawer
    ]
    for (const part of [
      ...views, new Keys(this.call, this, this), new Leaving(this.words, this), new Focus(),
      new TalkBarOpener(this.words, this), this.call.audio
    ]) part.start()
    this.#listen()
    this.#adopt()
    const code = checkSupport(/** @type {any} */ (window))
    if (code) this.notices.add({ code, fatal: true })
    else this.call.recovery.start()
  }

  #listen() {
    document.addEventListener(
      "visibilitychange", () => document.hidden ? this.pageVersion.unseen(this.#nothingToLose) : this.#shown()
    )
    for (const type of ["pointerup", "keydown"]) document.addEventListener(type, () => this.call.audio.touched())
    addEventListener("online", () => this.call.transport.line.networkBack())
    addEventListener("pageshow", ({ persisted }) => { if (persisted) this.call.recovery.start() })
    addEventListener("pagehide", () => { this.call.recovery.left(); this.sample?.stop(); this.soundCheck.stop() })
    addEventListener(
      "storage", event => { if (event.storageArea === this.preferences.storage) this.preferences.stored(event.key) }
    )
    addEventListener("hashchange", () => this.#adopt())
  }

  /** For tests and tools; see stats.js. */
  snapshot() {
    const { callState, muted, talking, audio } = this.call
    this.stats.outputLatencyMs = audio.device.latencyMs || this.stats.outputLatencyMs
    return this.stats.snapshot(callState, muted, talking, this.call.transport.counts)
  }

  #makeCall() {
    const { transcript, thumbnails, pace, notices, preferences, stats, now, keeper } = this
    const devices = navigator.mediaDevices
    return new Call({
      connect: () => this.callLog.listen(connectOnce()),
      savedCall: new SavedCall(drafts()), drafts: drafts(), ask: askAdmission, devices, transcript, thumbnails, pace,
      notices, preferences, stats, now, keeper, checkSupport: () => checkSupport(/** @type {any} */ (window))
    }, this)
  }

  #followCallState() {
    const { callState } = this.call
    if (!callState.active) {
      this.tabs.release()
      this.usageModel.end(this.now())
      if (this.pageVersion.outdated) this.notices.add({ code: "page_outdated" })
    }
    if (callState.turn !== "listening") this.usageModel.wake()
  }

  #keepingChosen() {
    this.notices.over("keepingChosen")
    this.keeper.preferenceChanged()
    this.homeView.renderLast()
  }

  /** The settings of a link, once: afterwards they are one's own. */
  #adopt() {
    if (!this.preferences.adopt(sharedIn(location.hash))) return
    history.replaceState(null, "", location.pathname + location.search)
    this.settingsDrawer.show(this.appearanceView.undo)
    this.appearanceView.adopted()
  }

  get #drawers() {
    return [this.inspectorDrawer.drawer, this.settingsDrawer.drawer, this.talksDrawer.drawer]
  }

  get #nothingToLose() {
    return !this.callActive && this.keeper.allKept && !this.composerView.box.value
  }

  #shown() {
    this.call.pageShown()
    this.wakeLock.pageShown()
    this.transcriptView.render()
  }

  // Call delegate

  callBegun() {
    this.callLog.begin(this.passed.arrived)
    this.sample?.stop()
    this.talksDrawer.pause()
    this.tabs.claim()
    this.usageModel.reset()
    for (const each of [this.stageView, this.inspectorDrawer, this.transcriptView]) each.callBegun()
  }

  callChanged() {
    this.#followCallState()
    this.callLog.stateShown(stateOf(this.call))
    this.controlsView.render()
    this.stageView.render()
    this.assistantView.render()
    if (!this.callActive) this.homeView.render()
    this.settingsView.render()
    this.soundCheck.render()
    this.meter.render()
    this.talksDrawer.callChanged()
  }

  outboxChanged() {
    this.outboxView.render()
    this.picturesView.render()
    this.stageView.render()
  }
  picturesChanged = () => this.outboxChanged()

  textsUnsent = (/** @type {string[]} */ texts) => this.composerView.giveBack(texts)

  /** @param {import("./wire.js").Ready} ready */
  callReadied(ready) {
    this.usageModel.begin(ready, this.now())
    this.meter.render()
    this.pageVersion.heard(ready.version)
  }

  /** @param {import("./wire.js").Resumed} resumed @param {number} began */
  callResumed(resumed, began) {
    this.usageModel.resume(resumed, this.now(), Math.max(0, Date.now() - began))
    this.pageVersion.heard(resumed.version)
  }

  /** Whoever else had it has been told by the server. */
  callTakenBack() {
    this.sample?.stop()
    this.tabs.claim()
  }

  /** @param {import("./wire.js").Renewed} renewed */
  callRenewed(renewed) {
    this.notices.over("sessionBegan")
    this.usageModel.renew(renewed, this.now())
    this.assistantView.renewed(renewed.voice)
  }

  /** @param {number} peak */
  levelMeasured(peak) {
    this.callLog.levelMeasured(this.call.muted ? 0 : peak)
    this.settingsView.devicesView.renderLevel(peak)
  }

  soundOpened() {
    this.stageView.soundOpened()
    this.wakeLock.start()
  }

  soundClosed() {
    this.stageView.soundClosed()
    this.wakeLock.stop()
  }

  captionMoved() {
    this.transcriptView.render()
    this.stageView.captionMoved()
  }
  logArrived = (/** @type {import("./wire.js").LogLine} */ line) => this.passed.add(line, this.callLog.modelTold(line))

  /** @param {import("./wire.js").Usage} usage */
  usageArrived(usage) {
    this.usageModel.usage = usage
    this.meter.render()
    this.controlsView.render()
  }

  /** @param {import("./wire.js").Limits} limits */
  limitsArrived(limits) {
    this.usageModel.limit(limits, this.now())
    if (limits.idle_left_s === null) this.notices.over("turnBegan")
    this.meter.render()
  }

  // Delegate of what is loaded only when it is needed

  /** It did not come. */
  partMissing = async () => this.notices.add({ code: await whyMissing() })

  checkOpening = () => this.sample?.stop()

  get callActive() {
    return this.call.callState.active
  }

  callLeft = () => this.call.stop(true)

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

  transcriptChanged = () => this.captionMoved()
  noticesChanged = () => this.noticesView.render()
  talksChanged() {
    this.talksDrawer.render()
    if (!this.callActive) this.homeView.renderLast()
  }

  keepingFailed = (/** @type {string} */ code) => this.notices.add({ code })

  // Delegate of the store

  storeBlocked() {
    this.notices.add({ code: "talks_blocked" })
    this.talksDrawer.render()
  }

  storeFreed() {
    this.notices.over("storeFreed")
    this.talksDrawer.render()
  }

  // Delegate of the views and keys

  /** What the button of a notice does; for sound the touch itself is enough. */
  noticeHelps = {
    call: () => this.call.start({ microphone: true }), reload: () => location.reload(), sound: () => {},
    microphone: () => { if (this.call.muted) this.call.toggleMicrophone() }, settings: () => this.voiceWanted(),
    devices: () => this.settingsView.devicesView.devicesMenu.open(), talks: () => this.talksDrawer.drawer.open()
  }

  talkWanted = () => void (this.keeper.last && this.talksDrawer.show(this.keeper.last))
  /** Inside the tap, as the sound needs it. */
  goOnWanted = (/** @type {import("./history/talk.js").Talk} */ talk) => this.call.start({ microphone: true, talk })
  /** The rest of an answer that was ended by mistake. */
  goOnAsked = () => this.call.say(this.words.say("transcript.go_on.said"))

  toolAnswered = (/** @type {string} */ item, /** @type {boolean} */ yes) =>
    this.call.transport.uplink.approve(item, yes)

  toolSound = () => this.preferences.values.tool_sound && this.call.callState.turn === "tool"
    ? this.call.audio.device.context : null

  /** Also without a call. @param {string} code */
  pictureFailed = code => this.notices.add({ code }, ["turnBegan"])

  textEntered = (/** @type {string} */ text) => this.call.say(text)

  /** As if it had been typed, but in a call by voice: inside the tap, as the sound needs it. */
  starterChosen = (/** @type {string} */ text) => this.call.say(text, true)
  voiceWanted = () => this.settingsDrawer.show(this.assistantView.panel)
  settingWanted = (/** @type {string} */ name) => this.settingsDrawer.lead(name)
  samplePressed = () => this.assistantView.samplePressed()

  /** One at a time. @param {import("./views/drawer.js").Drawer} drawer */
  drawerOpened(drawer) {
    for (const other of this.#drawers) if (other !== drawer) other.giveWay()
    if (drawer === this.inspectorDrawer.drawer) this.call.watch(true)
    if (drawer === this.settingsDrawer.drawer) this.settingsDrawer.opened()
    for (const view of [this.inspectorDrawer, this.settingsView.devicesView, this.talksDrawer, this.stageView])
      view.render()
  }

  /** @param {import("./views/drawer.js").Drawer} drawer */
  drawerClosed(drawer) {
    if (drawer === this.inspectorDrawer.drawer) this.call.watch(false)
    if (drawer === this.talksDrawer.drawer) this.talksDrawer.pause()
    this.stageView.render()
  }

  get coveringDrawer() {
    return this.#drawers.find(({ covers }) => covers)
  }

  escaped() {
    for (const drawer of this.#drawers) drawer.close()
  }

  // Delegate of the voice sample, which is loaded with the first look at the settings

  async sampleNear() {
    const { VoiceSample } = await import("./call/voice-sample.js")
    return this.sample ??= new VoiceSample(connect, askAdmission, this)
  }

  sampleChanged() {
    if (this.sample?.playing) this.notices.over("sampleAsked")
    this.assistantView.render()
  }

  sampleFailed = (/** @type {import("./wire.js").Trouble} */ trouble) =>
    this.notices.add({ ...trouble, fatal: false }, ["sampleAsked"])

  // Delegate of the preferences

  /** @param {keyof import("./models/preferences.js").Values} name */
  preferenceChanged(name) {
    this.call.preferenceChanged(name)
    this.soundCheck.preferenceChanged()
    if (name === "keep") this.#keepingChosen()
    this.appearanceView.render()
    this.talksDrawer.renderKeep()
    this.callChanged()
  }
}
