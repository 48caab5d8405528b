// The database of past talks among tabs of several versions, and where it breaks.

import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../voiceapp/static/js/history/store.js"

const TALK = { id: "t", title: "", marked: false, began: 1, length: 0, model: "", voice: "", entries: [], tokens: null, cost: null, sound: null, events: [] }

test("a tab with an older page holds the talks: the page is told, and what waits goes on when that one closes", async () => {
  const factory = new IDBFactory()
  const older = await new Promise(resolve => {
    const request = factory.open("voiceapp-talks", 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore("talks", { keyPath: "id" })
      request.result.createObjectStore("sounds")
    }
    request.onsuccess = () => resolve(request.result)
  })
  const told = []
  const store = new Store(factory, { storeBlocked: () => told.push("blocked"), storeFreed: () => told.push("freed") })
  const written = store.write(TALK)
  while (told.length === 0) await new Promise(resolve => setImmediate(resolve))
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
