// The database of past talks among tabs of several versions, and where it breaks.
import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../../voiceapp/static/js/history/store.js"
import { block, record } from "../support/kept-talk.js"

/** The database answers within a few rounds of the loop. */
const MANY_ROUNDS = 1000
const TALK = {
  id: "t", title: "", marked: false, began: 1, length: 0, model: "", voice: "", entries: [], tokens: null, cost: null,
  sound: null, events: []
}

test("a tab with an older page holds the talks: the page is told, and what waits goes on when that one closes", async context => {
  const factory = new IDBFactory()
  const older = await new Promise(resolve => {
    const request = factory.open("voiceapp-talks", 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore("talks", { keyPath: "id" })
      request.result.createObjectStore("sounds")
    }
    request.onsuccess = () => resolve(request.result)
  })
  context.after(() => older.close())
  const told = []
  const store = new Store(factory, { storeBlocked: () => told.push("blocked"), storeFreed: () => told.push("freed") })
  const written = store.write(TALK)
  for (let i = 0; told.length === 0; i++) {
    assert.ok(i < MANY_ROUNDS, "nobody is told")
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.ok(store.blocked)
  older.close()
  await written
  assert.deepEqual([told, store.blocked], [["blocked", "freed"], false])
  assert.equal((await store.all()).length, 1)
})

test("this page lets a newer one have the talks, and says so when it has more to keep", async () => {
  const factory = new IDBFactory()
  const store = new Store(factory, { storeBlocked() {}, storeFreed() {} })
  await store.write(TALK)
  const newer = await new Promise((resolve, reject) => {
    const request = factory.open("voiceapp-talks", 3)
    request.onblocked = () => reject(new Error("blocked"))
    request.onsuccess = () => resolve(request.result)
  })
  await assert.rejects(store.write(TALK), { name: "VersionError" })
  newer.close()
})

test("a database that was closed, or could not be opened, is opened anew", async () => {
  const factory = new IDBFactory()
  let broken = true
  const databases = []
  const shaky = { open: (...names) => {
    if (broken) throw new DOMException("", "UnknownError")
    const request = factory.open(...names)
    request.addEventListener("success", () => databases.push(request.result))
    return request
  } }
  const store = new Store(shaky, { storeBlocked() {}, storeFreed() {} })
  await assert.rejects(store.write(TALK))
  broken = false
  await store.write(TALK)
  databases[0].close()
  assert.equal((await store.all()).length, 1)
  databases[1].onclose()
  assert.equal((await store.all()).length, 1)
  assert.equal(databases.length, 3)
})

test("talks are kept with their sound, listed latest first, and removed with it", async () => {
  const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
  const { talk } = await record()
  for (const [id, began] of [["a", 1], ["ab", 3], ["b", 2]]) {
    await store.write({ ...talk, id, began })
    for (const n of [0, 1, 11]) await store.writeSound(id, n, block(1, n))
  }
  assert.deepEqual((await store.all()).map(({ id }) => id), ["ab", "b", "a"])
  await store.remove("a")
  assert.equal(await store.readSound("a", 11), undefined)
  assert.deepEqual(await store.readSound("ab", 11), block(1, 11))
  await store.change("b", { title: "New" })
  await store.change("a", { title: "New" })
  assert.deepEqual((await store.all()).map(({ title }) => title), ["", "New"])
  await store.removeAll()
  assert.deepEqual(await store.all(), [])
  assert.equal(await store.readSound("ab", 0), undefined)
})

test("a list of talks reads no events; a talk has its own, and they go with it", async () => {
  const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
  const { talk } = await record()
  const events = [{ direction: "up", type: "a", at: 1, bytes: 2, summary: "", body: "{}" }]
  await store.write({ ...talk, events })
  await store.change(talk.id, { marked: true })
  assert.deepEqual((await store.all()).map(one => [one.marked, one.events]), [[true, []]])
  assert.deepEqual((await store.read(talk.id)).events, events)
  await store.remove(talk.id)
  await store.write(talk)
  assert.deepEqual((await store.read(talk.id)).events, [])
  await store.removeAll()
})

test("talks of the first version are still there, with their events", async () => {
  const factory = new IDBFactory()
  const { talk } = await record()
  const events = [{ direction: "up", type: "a", at: 1, bytes: 2, summary: "" }]
  const request = factory.open("voiceapp-talks", 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore("talks", { keyPath: "id" }).put({ ...talk, events })
    request.result.createObjectStore("sounds")
  }
  await new Promise(resolve => { request.onsuccess = resolve })
  request.result.close()
  assert.deepEqual((await new Store(factory, { storeBlocked() {}, storeFreed() {} }).read(talk.id)).events, events)
})
