// A call is asked for once line and sound are there, in either order, and only by who still wants it.
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { Place, settle } from "../support/place.js"

after(Place.leave)

const started = made => made.line.said.filter(([event]) => event === "start")

test("cancelled while the person is asked for the microphone, nobody is asked any more", async () => {
  const made = new Place()
  made.call.start({ microphone: true })
  await settle()
  assert.ok(made.call.asking)
  made.call.stop()
  assert.ok(!made.call.asking)
  await made.rest()
})

test("the call is asked for once, and not before both line and sound are there", async () => {
  for (const late of [false, true]) {
    const made = new Place()
    made.call.start({ microphone: true })
    await settle()
    for (let i = 0; i < 40 && !made.call.callState.live; i++) {
      const there = made.line.connected && made.call.opening.prepared
      assert.equal(started(made).length, there ? 1 : 0)
      await made.step(late)
    }
    assert.equal(started(made).length, 1)
    assert.equal(made.call.callState.live, true)
  }
})

test("whoever wrote first is not greeted, and whoever only calls may be", async () => {
  for (const text of ["", "Hello"]) {
    const made = new Place()
    text ? made.call.say(text) : made.call.start({ microphone: false })
    await made.rest()
    assert.equal(started(made)[0][1].greet, text ? false : undefined)
  }
})

test("a call that begins at once after another waits until that one has let go of the microphone", async () => {
  const made = new Place()
  await made.goLive()
  made.call.stop()
  made.call.start({ microphone: true })
  await settle()
  for (let i = 0; i < 100 && !made.call.callState.live; i++) {
    await made.step()
    assert.ok(made.world.live() <= 1)
  }
  assert.equal(started(made).length, 2)
  await made.rest()
})
