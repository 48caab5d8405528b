// The drawer of a call's events: what draws them, and the timeline, is loaded when it is first opened.

import { ROOT } from "../browser/addresses.js"
import { VERSION } from "../browser/page-version.js"
import { Drawer } from "./drawer.js"
import { find } from "./element.js"
import { save } from "./save.js"

/** The page's own events come to the list so often. */
const TAKE_MS = 250

export class InspectorDrawer {
  /** Once it was loaded. @type {import("./inspector-view.js").InspectorView | undefined} */
  view
  /** Likewise. @type {import("./timeline-view.js").TimelineView | undefined} */
  timeline
  /** So many of the page's events are in the list. */
  taken = 0
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer

  /**
   * @param {import("../models/call-log.js").CallLog} callLog
   * @param {import("../models/passed-events.js").PassedEvents} passed
   * @param {import("../browser/i18n.js").Words} words
   * @param {{drawerOpened: (drawer: Drawer) => void, drawerClosed: (drawer: Drawer) => void,
   *   partMissing: () => void}} delegate
   */
  constructor(callLog, passed, words, delegate) {
    this.callLog = callLog
    this.passed = passed
    this.words = words
    this.delegate = delegate
    this.drawer = new Drawer("log", delegate)
  }

  start() {
    this.drawer.start()
  }

  render() {
    if (!this.drawer.opened) return
    if (!this.view) this.#load().catch(() => this.delegate.partMissing())
    else if (this.timer) this.view.render()
    else this.view.opened()
    this.timer ??= setInterval(() => this.#take(), TAKE_MS)
  }

  callBegun() {
    this.timeline?.callBegun()
  }

  async #load() {
    const [{ Inspector }, { InspectorView }, { TimelineView, style }] = await Promise.all(
      [import("../models/inspector.js"), import("./inspector-view.js"), import("./timeline-view.js")]
    )
    await Promise.all([style(), this.words.more("log"), this.words.more("timeline")])
    if (this.view) return
    const inspector = new Inspector(this.passed, { inspectorChanged: () => this.render() })
    const view = this.view = new InspectorView(inspector, this.words, this.drawer, {
      eventsWanted: () => this.#save(), rowChosen: line => timeline.choose(line)
    })
    const timeline = this.timeline = new TimelineView(
      this.callLog, this.passed, this.words, { lineChosen: (line, read) => this.#choose(line, read) }
    )
    find("timeline", HTMLElement).append(timeline.root)
    timeline.start()
    view.start()
    this.#take()
    view.render()
  }

  /**
   * @param {import("../models/passed-events.js").Line} line
   * @param {boolean} read
   */
  #choose(line, read) {
    this.#take()
    this.view?.chooseLine(line, read)
  }

  #save() {
    const { callLog, passed } = this
    const page = { address: ROOT.href, version: VERSION }
    import("../history/har.js").then(
      ({ archiveFile }) => save(archiveFile(callLog, passed.since(callLog.model), page)),
      () => this.delegate.partMissing()
    )
  }

  /** What came meanwhile, as long as somebody looks. */
  #take() {
    if (!this.drawer.opened) {
      clearInterval(this.timer)
      this.timer = undefined
      return
    }
    if (!this.view) return
    const { callLog } = this
    for (const entry of callLog.since(this.taken)) this.passed.add(entry, callLog.clock)
    this.taken = callLog.arrived
    this.view.render()
    this.timeline?.render()
  }
}
