// A picture goes up in parts, one after the other, whatever happens to the line; and none is shown twice.
import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Place, settle } from "../support/call.js"

const STORE = {
  write: async () => {}, writeSound: async () => {}, remove: async () => {}, removeSound: async () => {},
  all: async () => []
}
const PART = 32_768
const SMALL = { jpeg: "/9j/AAAA", thumbnail: "data:image/jpeg;base64,AAAA" }
const LARGE = { jpeg: `/9j/${"A".repeat(2 * PART)}`, thumbnail: "data:image/jpeg;base64,BBBB" }

function place(drafts = null) {
  const made = new Place(STORE, {}, {}, null, drafts)
  const pictures = made.call.outbox.pictures
  const parts = () => made.line.said.filter(([event]) => event === "picture").map(([, part]) => part)
  const take = () => made.come("ack", parts().at(-1).n)
  return Object.assign(made, { pictures, parts, take, states: () => pictures.all.map(({ state }) => state) })
}

/** The server has it whole. */
const arrive = (made, id) => made.come("item", 1, { id, role: "user", after: null, kind: "picture" })

test("each part follows once the one before was taken, and it stays on the screen until it stands in the talk", async () => {
  const made = place()
  await made.begin()
  const item = made.pictures.add(LARGE)
  assert.match(item, /^picture_[A-Za-z0-9]{8,16}$/)
  for (const part of [1, 2, 3]) {
    assert.deepEqual(made.parts().map(({ part }) => part), [1, 2, 3].slice(0, part))
    made.take()
  }
  assert.equal(made.parts().map(({ data }) => data).join(""), LARGE.jpeg)
  assert.deepEqual(made.parts().map(({ item: id, parts }) => [id, parts]), Array(3).fill([item, 3]))
  assert.deepEqual(made.states(), ["sending"])
  arrive(made, item)
  assert.deepEqual([made.states(), made.transcript.entries.flat().map(({ kind }) => kind)], [[], ["picture"]])
})

test("the next one waits for the one before", async () => {
  const made = place()
  await made.begin()
  const first = made.pictures.add(SMALL)
  made.pictures.add(SMALL)
  made.take()
  assert.deepEqual([made.parts().length, made.states()], [1, ["sending", "waiting"]])
  arrive(made, first)
  assert.deepEqual([made.parts().length, made.states()], [2, ["sending"]])
})

test("shown before there is a call, it goes up with the call", async () => {
  const made = place()
  made.pictures.add(SMALL)
  assert.deepEqual([made.parts().length, made.states()], [0, ["waiting"]])
  await made.begin()
  assert.equal(made.parts().length, 1)
})

test("a line that is lost in mid-picture goes on with the part that was not taken", async () => {
  const made = place()
  made.ready = { ...made.ready, token: "t", grace_s: 30 }
  await made.begin()
  made.pictures.add(LARGE)
  made.take()
  made.taken = 1
  made.lose()
  await made.go()
  assert.deepEqual(made.parts().map(({ part }) => part), [1, 2, 2])
  made.take()
  assert.deepEqual(made.parts().map(({ part }) => part), [1, 2, 2, 3])
})

test("hung up in mid-picture, it waits for the next call, and goes up from its first part on", async () => {
  const made = place()
  await made.begin()
  const item = made.pictures.add(LARGE)
  made.take()
  made.call.stop()
  await settle()
  await made.go()
  assert.deepEqual(made.states(), ["waiting"])
  await made.begin()
  assert.deepEqual(made.parts().map(({ part, item: id }) => [part, id]), [[1, item], [2, item], [1, item]])
})

test("what is refused is not shown, and may be shown again or taken away", async () => {
  const made = place()
  await made.begin()
  const item = made.pictures.add(SMALL)
  made.come("notice", { code: "pictures_unseen", message: "", fatal: false, retry: false })
  assert.deepEqual(made.states(), ["unsent"])
  made.pictures.again(item)
  assert.deepEqual([made.states(), made.parts().length], [["sending"], 2])
  made.pictures.remove(item)
  assert.deepEqual(made.states(), [])
})

test("one that does not come to stand in the talk is not waited for", async () => {
  const made = place()
  await made.begin()
  made.pictures.add(SMALL)
  made.take()
  mock.timers.tick(10_000)
  assert.deepEqual(made.states(), ["unsent"])
})

test("more parts than the server takes at once wait for their turn", async () => {
  const made = place()
  await made.begin()
  made.pictures.add({ ...SMALL, jpeg: "/9j/".padEnd(12 * PART, "A") })
  for (let part = 0; part < 11; part++) made.take()
  assert.equal(made.parts().length, 11)
  made.clock.ms += 260
  mock.timers.tick(260)
  assert.equal(made.parts().length, 12)
})

test("a call that another process goes on with gets it from its first part on, and nothing of before", async () => {
  const made = place()
  made.ready = { ...made.ready, token: "t", grace_s: 30 }
  await made.begin()
  const item = made.pictures.add(LARGE)
  made.take()
  made.why = "moved"
  made.lose()
  await made.go()
  assert.deepEqual(made.parts().map(({ part, n }) => [part, n]), [[1, 1], [2, 2], [1, 1]])
  made.take()
  made.take()
  made.take()
  arrive(made, item)
  assert.deepEqual(made.states(), [])
})

for (const first of ["taken", "in the talk"]) test(`more than the server takes of a person wait, if each is first ${first}`, async () => {
  const made = place()
  await made.begin()
  for (let n = 0; n < 12; n++) made.pictures.add(SMALL)
  for (let n = 0; n < 10; n++) {
    made.clock.ms += 300
    const { item, n: number } = made.parts().at(-1)
    const steps = [() => made.come("ack", number), () => arrive(made, item)]
    for (const step of first === "taken" ? steps : steps.reverse()) step()
  }
  assert.deepEqual([made.parts().length, made.states()], [10, ["waiting", "waiting"]])
  assert.ok(made.pictures.all.every(picture => made.pictures.isQueued(picture)))
  made.clock.ms += 2_000
  mock.timers.tick(2_000)
  assert.equal(made.parts().length, 10)
  made.clock.ms += 3_000
  mock.timers.tick(3_000)
  assert.equal(made.parts().length, 11)
})

test("what waits or is on its way outlives a reload, and goes up from its first part on", async () => {
  const tab = new Map()
  const storage = {
    getItem: key => tab.get(key) ?? null, setItem: (key, text) => void tab.set(key, text),
    removeItem: key => void tab.delete(key)
  }
  const before = place(storage)
  await before.begin()
  const item = before.pictures.add(LARGE)
  const other = before.pictures.add(SMALL)
  before.take()
  const after = place(storage)
  assert.deepEqual([after.pictures.all.map(({ item: id }) => id), after.states()], [[item, other], ["waiting", "waiting"]])
  await after.begin()
  assert.deepEqual(after.parts().map(({ part, item: id }) => [part, id]), [[1, item]])
  arrive(after, item)
  arrive(after, other)
  assert.deepEqual(tab.size, 0)
})

test("without room in the tab it is there until the page is loaded again", () => {
  for (const storage of [null, { getItem: () => "{", setItem() { throw new Error("full") }, removeItem() {} }]) {
    const made = place(storage)
    made.pictures.add(SMALL)
    assert.deepEqual(made.states(), ["waiting"])
  }
})

test("what stands in the talk looks as it was shown, and is forgotten with the call", async () => {
  const made = place()
  await made.begin()
  const item = made.pictures.add(SMALL)
  assert.equal(made.thumbnails.of(item), null)
  arrive(made, item)
  assert.equal(made.thumbnails.of(item), SMALL.thumbnail)
  made.call.stop()
  await settle()
  await made.go()
  assert.equal(made.thumbnails.of(item), null)
  assert.equal(made.transcript.entries.flat()[0].picture, SMALL.thumbnail)
})
