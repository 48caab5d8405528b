// What the server says of a call: told to the person until it is over, and never of a call that is.
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { Place, settle } from "../support/place.js"

after(Place.leave)

async function live(microphone = true) {
  const made = new Place()
  await made.goLive(microphone)
  return made
}

test("what was said of a call's silence ends when it is hung up", async () => {
  const made = await live()
  for (const code of ["idle_soon", "call_ending"]) made.line.come("notice", { code })
  assert.deepEqual(made.standing, ["idle_soon", "call_ending"])
  made.call.stop()
  assert.deepEqual(made.standing, [])
})

test("are you there ends as soon as somebody speaks or types", async () => {
  const made = await live()
  for (const state of ["user", "thinking"]) {
    made.line.come("notice", { code: "idle_soon" })
    made.line.come("turn", 1, { state })
    assert.deepEqual(made.standing, [])
    made.line.come("turn", 2, { state: "listening" })
  }
})

test("what is said of a start that was cancelled meanwhile is not shown, nor that it was refused", async () => {
  for (const comes of [
    ["notice", { code: "engine_starting" }], ["notice", { code: "upstream_closed", fatal: true }],
    ["ended", { reason: "upstream_closed" }]
  ]) {
    const made = new Place()
    made.call.start({ microphone: true })
    await settle()
    for (let i = 0; i < 6; i++) await made.step()
    assert.equal(made.line.connected, true)
    made.line.come("notice", { code: "engine_starting" })
    assert.deepEqual(made.standing, ["engine_starting"])
    made.call.stop()
    made.line.come(...comes)
    await made.rest()
    assert.deepEqual(made.standing, [])
  }
})

test("a call that goes on elsewhere is known to, until the next one begins", async () => {
  const made = await live()
  made.line.come("notice", { code: "taken_over", fatal: true })
  made.line.come("ended", { reason: "taken_over" })
  await made.rest()
  assert.deepEqual([made.call.endedBy, made.standing], ["taken_over", ["taken_over"]])
  await made.goLive()
  assert.equal(made.call.endedBy, "")
  made.call.stop()
  await made.rest()
  assert.equal(made.call.endedBy, "")
})

test("a call that ends by itself says why, unless that was said", async () => {
  for (const [before, standing] of [[[], ["idle"]], [[["notice", { code: "expired", fatal: true }]], ["expired"]]]) {
    const made = await live()
    for (const said of before) made.line.come(...said)
    made.line.come("ended", { reason: "idle" })
    await made.rest()
    assert.deepEqual(made.standing, standing)
    assert.equal(made.call.callState.phase, "ended")
  }
})
