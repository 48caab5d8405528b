// What one tab does to a talk that goes on in another stays done.

import "fake-indexeddb/auto"
import { IDBFactory } from "fake-indexeddb"
import assert from "node:assert/strict"
import { test } from "node:test"
import { HistoryKeeper } from "../../../voiceapp/static/js/history/history-keeper.js"
import { Store } from "../../../voiceapp/static/js/history/store.js"
import { Place, settle } from "../support/call.js"

/** Two tabs that tell each other. */
function channels() {
  const ends = [new EventTarget(), new EventTarget()]
  return ends.map((end, i) => Object.assign(
    end, { postMessage: data => ends[1 - i].dispatchEvent(Object.assign(new Event("message"), { data })) }
  ))
}

async function twoTabs() {
  const [here, there] = channels()
  const store = new Store(new IDBFactory(), { storeBlocked() {}, storeFreed() {} })
  const place = new Place(store, { keep: "sound" }, {}, here)
  const parts = {
    transcript: { entries: [] }, passed: {}, pace: {}, preferences: { values: { keep: "sound" } }, store,
    now: () => 0, otherTabs: there
  }
  const elsewhere = new HistoryKeeper(parts, { talksChanged() {}, keepingFailed() {} })
  await place.begin()
  say(place, 1)
  place.keeper.pause()
  place.keeper.away = false
  await settle()
  return { place, elsewhere, store, talk: (await store.all())[0] }
}

function say(place, n) {
  place.come("item", 2 * n, { id: `u${n}`, role: "user", after: n > 1 ? `u${n - 1}` : null, kind: "text" })
  place.come("transcript", 2 * n + 1, { item: `u${n}`, text: `Words ${n}.`, final: true })
}

async function goOn(place) {
  say(place, 2)
  place.call.stop()
  await place.go()
  await settle()
}

for (const [doing, forget] of Object.entries(
  { one: (keeper, id) => keeper.forget(id), all: keeper => keeper.forgetAll() }
)) {
  test(`deleted in another tab (${doing}), the talk that goes on does not come back`, async () => {
    const { place, elsewhere, store, talk } = await twoTabs()
    await place.keeper.whole(talk)
    await forget(elsewhere, talk.id)
    // Whoever looks at it looks at nothing.
    assert.equal(place.keeper.looked, null)
    await goOn(place)
    assert.deepEqual(await store.all(), [])
    assert.equal(place.keeper.current, null)
    place.leave()
  })
}

test("renamed and marked in another tab, the talk that goes on keeps its name", async () => {
  const { place, elsewhere, store, talk } = await twoTabs()
  await elsewhere.update(talk.id, { title: "The mill", marked: true })
  await goOn(place)
  const [kept] = await store.all()
  assert.deepEqual([kept.title, kept.marked, kept.entries.length], ["The mill", true, 2])
  place.leave()
})

test("what another tab does to another talk changes nothing here", async () => {
  const { place, elsewhere, store } = await twoTabs()
  await elsewhere.forget("another")
  await elsewhere.update("another", { title: "No" })
  await goOn(place)
  const [kept] = await store.all()
  assert.deepEqual([kept.title, kept.entries.length], ["", 2])
  place.leave()
})
