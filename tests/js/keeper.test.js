import "fake-indexeddb/auto"
import { indexedDB } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { Inspector } from "../../voiceapp/static/js/inspector.js"
import { Keeper } from "../../voiceapp/static/js/talks/keeper.js"
import { Store } from "../../voiceapp/static/js/talks/store.js"

const store = new Store(indexedDB)
const READY = { conversation: "c1", model: "m", voice: "v" }
const ENTRY = { id: "u1", role: "user", kind: "text", text: "Hello.", final: true, heard: null }
const settled = () => new Promise(resolve => setTimeout(resolve, 30))

function keeper(keep, other = store) {
  const told = []
  const choices = { values: { keep } }
  const delegate = { talksChanged: () => told.push("changed"), keepingFailed: () => told.push("failed") }
  const made = new Keeper({ transcript: { entries: [[ENTRY]] }, inspector: new Inspector({ inspectorChanged() {} }), choices, store: other, now: () => 0 }, delegate)
  return { made, choices, told }
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

test("whoever changes their mind in the middle of a call has nothing kept of it", async () => {
  await store.removeAll()
  const { made, choices } = keeper("sound")
  made.begin(READY)
  made.recorder.soundSent(new Int16Array(24000 * 6))
  await settled()
  choices.values = { keep: "nothing" }
  made.choiceChanged()
  made.recorder.soundSent(new Int16Array(24000 * 6))
  made.end()
  await settled()
  assert.deepEqual(await store.all(), [])
  assert.equal(await store.readSound(made.recorder.about.id, 0), undefined)
})

test("a full disk is said, and the call goes on", async () => {
  const full = { write: () => Promise.reject(new Error("full")), writeSound: () => Promise.reject(new Error("full")), remove: async () => {} }
  const { made, told } = keeper("sound", full)
  made.begin(READY)
  made.recorder.soundSent(new Int16Array(24000 * 6))
  await settled()
  assert.deepEqual(told, ["failed"])
  assert.equal(made.keepsSound, false)
  made.end()
})

test("renamed, marked, forgotten", async () => {
  await store.removeAll()
  const { made } = keeper("text")
  made.begin(READY)
  made.end()
  await settled()
  const [talk] = await store.all()
  await made.update({ ...talk, title: "Named", marked: true })
  await settled()
  assert.deepEqual([(await store.all())[0].title, (await store.all())[0].marked], ["Named", true])
  await made.forget(talk.id)
  assert.deepEqual([await store.all(), made.current], [[], null])
})
