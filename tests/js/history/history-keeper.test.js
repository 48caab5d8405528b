import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { CaptionPace } from "../../../voiceapp/static/js/models/caption-pace.js"
import { PassedEvents } from "../../../voiceapp/static/js/models/passed-events.js"
import { HistoryKeeper } from "../../../voiceapp/static/js/history/history-keeper.js"
import { Store } from "../../../voiceapp/static/js/history/store.js"

const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
const READY = { conversation: "c1", model: "m", voice: "v" }
const ENTRY = { id: "u1", role: "user", kind: "text", text: "Hello.", final: true, heard: null }
const settled = () => new Promise(resolve => setTimeout(resolve, 30))

function keeper(keep, other = store, persist = async () => true) {
  const told = []
  const preferences = { values: { keep } }
  const delegate = { talksChanged: () => told.push("changed"), keepingFailed: () => told.push("failed") }
  const transcript = { entries: [[ENTRY]] }
  const pace = new CaptionPace()
  const passed = new PassedEvents()
  const made = new HistoryKeeper(
    { transcript, pace, passed, preferences, store: other, now: () => 0, persist }, delegate
  )
  return { made, preferences, told, transcript, passed }
}

for (const [keep, texts, sounds] of [["nothing", 0, 0], ["text", 1, 0], ["sound", 1, 1]]) {
  test(`with "${keep}" just that is kept, and the talk can be exported all the same`, async () => {
    await store.removeAll()
    const { made } = keeper(keep)
    made.begin(READY)
    made.recorder.soundSent(new Int16Array(2400))
    made.end()
    await settled()
    const talks = await store.all()
    assert.equal(talks.length, texts)
    assert.equal(made.current.entries[0].text, "Hello.")
    assert.equal(await store.readSound(made.current.id, 0) ? 1 : 0, sounds)
  })
}

test("a page that is loaded again goes on with the talk that it kept, and does not wait for a store that does not answer", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  made.begin(READY)
  const going = made.goingOn
  made.end()
  await settled()
  await store.change(going.id, { title: "The mill" })
  const { made: next } = keeper("text")
  next.comeBack(READY, going, await next.stored(going))
  next.end()
  await settled()
  assert.deepEqual((await store.all()).map(({ id, title }) => [id, title]), [[going.id, "The mill"]])
  const { made: other } = keeper("text", { read: () => new Promise(() => {}) })
  assert.equal(await other.stored(going), undefined)
})

test("whoever changes their mind in the middle of a call has nothing kept of it", async () => {
  await store.removeAll()
  const { made, preferences } = keeper("sound")
  made.begin(READY)
  made.recorder.soundSent(new Int16Array(24000 * 6))
  await settled()
  preferences.values = { keep: "nothing" }
  made.preferenceChanged()
  made.recorder.soundSent(new Int16Array(24000 * 6))
  made.end()
  await settled()
  assert.deepEqual(await store.all(), [])
  assert.equal(await store.readSound(made.recorder.about.id, 0), undefined)
})

test("what a call cost is told last, and kept with it", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  const usage = (total, estimated) => (
    { turn: {}, total: {}, transcription: null, estimated, free: false, cost: { total } }
  )
  made.begin(READY)
  made.usageArrived(usage(0.1, false))
  made.end()
  await settled()
  made.usageArrived(usage(0.3, true))
  await settled()
  const [talk] = await store.all()
  assert.deepEqual([talk.cost.total, talk.estimated, made.current.cost.total], [0.3, true, 0.3])
  await made.forget(talk.id)
  made.usageArrived(usage(0.4, false))
  await settled()
  assert.deepEqual(await store.all(), [])
})

test("a full disk is said, and the call goes on", async () => {
  const full = {
    write: () => Promise.reject(new Error("full")), writeSound: () => Promise.reject(new Error("full")),
    remove: async () => {}
  }
  const { made, told } = keeper("sound", full)
  made.begin(READY)
  made.recorder.soundSent(new Int16Array(24000 * 6))
  await settled()
  assert.deepEqual(told.filter(each => each === "failed"), ["failed"])
  assert.equal(made.keepsSound, false)
  made.end()
})

test("a talk is unkept until it is stored as it stands, whatever is chosen after it, or deleted", async () => {
  await store.removeAll()
  const { made, preferences } = keeper("nothing")
  assert.equal(made.allKept, true)
  made.begin(READY)
  made.end()
  preferences.values = { keep: "text" }
  made.preferenceChanged()
  await settled()
  assert.deepEqual([made.allKept, await store.all()], [false, []])
  // Another call, which is kept, leaves the first on the page alone.
  made.begin({ ...READY, conversation: "c2" })
  made.end()
  await settled()
  assert.deepEqual([made.allKept, (await store.all()).length], [false, 1])
  await made.forgetAll()
  assert.equal(made.allKept, true)
})

test("a talk that was kept stays so when nothing is to be kept from now on", async () => {
  await store.removeAll()
  const { made, preferences } = keeper("text")
  made.begin(READY)
  made.end()
  assert.equal(made.allKept, false)
  await settled()
  preferences.values = { keep: "nothing" }
  made.preferenceChanged()
  assert.equal(made.allKept, true)
})

test("a talk for which there was no room is unkept until it is written once more, or deleted", async () => {
  let full = true
  const disk = { write: async () => { if (full) throw new Error("full") }, remove: async () => {} }
  const { made } = keeper("text", disk)
  const usage = { total: {}, transcription: null, estimated: false, free: false, cost: { total: 0 } }
  for (const [now, kept] of [[true, false], [false, true], [true, false]]) {
    full = now
    if (made.last) made.usageArrived(usage)
    else { made.begin(READY); made.end() }
    assert.equal(made.allKept, false)
    await settled()
    assert.equal(made.allKept, kept)
  }
  await made.forget(made.last.id)
  assert.equal(made.allKept, true)
})

test("the browser is asked to hold what is kept, by a choice and by the first call of a page", async () => {
  let asked = 0
  const persist = async () => { asked++; return false }
  const { made, preferences } = keeper("text", store, persist)
  for (const calls of [1, 2]) {
    made.begin({ ...READY, conversation: `c${calls}` })
    made.end()
    assert.equal(asked, 1)
  }
  preferences.values = { keep: "nothing" }
  made.preferenceChanged()
  made.begin(READY)
  made.end()
  assert.equal(asked, 1)
  preferences.values = { keep: "sound" }
  made.preferenceChanged()
  assert.equal(asked, 2)
  await settled()
})

test("renamed, marked, forgotten", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  made.begin(READY)
  made.end()
  await settled()
  const [talk] = await store.all()
  await made.update(talk.id, { title: "Named", marked: true })
  assert.deepEqual([(await store.all())[0].title, (await store.all())[0].marked], ["Named", true])
  await made.forget(talk.id)
  assert.deepEqual([await store.all(), made.current], [[], null])
})

test("a name and a bookmark of the talk that goes on stay when it is over", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  made.begin(READY)
  await made.update(made.current.id, { title: "Named" })
  await made.update(made.current.id, { marked: true })
  made.end()
  await settled()
  assert.deepEqual((await store.all()).map(({ title, marked }) => [title, marked]), [["Named", true]])
  assert.deepEqual([made.last.title, made.last.marked], ["Named", true])
})

for (const [how, forget] of [
  ["deleted", made => made.forget(made.current.id)], ["deleted with all others", made => made.forgetAll()]
]) {
  test(`the talk that goes on, ${how}, is not written again`, async () => {
    await store.removeAll()
    const { made } = keeper("sound")
    made.begin(READY)
    const { id } = made.current
    made.recorder.soundSent(new Int16Array(24000 * 6))
    made.changed()
    await forget(made)
    made.recorder?.soundSent(new Int16Array(24000 * 6))
    made.end()
    await settled()
    assert.deepEqual(
      [await store.all(), await store.readSound(id, 0), made.current, made.keepsSound], [[], undefined, null, false]
    )
    made.begin(READY)
    made.end()
    await settled()
    assert.equal((await store.all()).length, 1)
  })
}

test("an earlier call that was not to be kept is not written by a later one without a word", async () => {
  await store.removeAll()
  const { made, preferences, transcript } = keeper("nothing")
  made.begin(READY)
  made.end()
  preferences.values = { keep: "text" }
  transcript.entries.push([])
  made.begin({ ...READY, conversation: "c2" })
  made.end()
  await settled()
  assert.deepEqual(await store.all(), [])
  assert.equal(made.last.entries.length, 1)
})

test("of a call without a word no sound stays where nobody could find it", async () => {
  const { made, transcript } = keeper("sound")
  transcript.entries = [[]]
  made.begin(READY)
  made.recorder.soundSent(new Int16Array(24000 * 6))
  made.end()
  await settled()
  assert.equal(await store.readSound(made.recorder.about.id, 0), undefined)
})

test("a talk has the events of its call alone", async () => {
  await store.removeAll()
  const { made, passed } = keeper("text")
  const add = type => passed.add({ direction: "down", type, at: 1, bytes: 1, summary: "" })
  add("before")
  made.begin(READY)
  add("first")
  add("second")
  made.end()
  await settled()
  const [listed] = await store.all()
  assert.deepEqual(listed.events, [])
  made.last = null
  assert.deepEqual((await made.whole(listed)).events.map(({ type }) => type), ["first", "second"])
})

test("of the talk that goes on, what is in memory, not what was last saved", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  made.begin(READY)
  await store.write({ ...made.current, entries: [] })
  assert.equal((await made.whole({ id: made.current.id })).entries.length, 1)
  made.end()
  await settled()
})
