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

function place() {
  const made = new Place(STORE)
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
