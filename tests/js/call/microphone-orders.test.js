// Devices that come and go, choices and lost sound in any order: in the end the person is heard through the microphone
// that they see.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { Place, settle } from "../support/place.js"
import { random } from "../support/speech.js"

const WALKS = 200
const STEPS = 25

after(Place.leave)

const live = ({ world }) => world.tracks.filter(({ readyState }) => readyState === "live")
const own = ({ call }) => call.microphone.stream?.getAudioTracks()[0] ?? null

/** What the system, the browser or the person does. */
const DOINGS = {
  "chooses another": (made, next) => {
    made.preferences.chosen.microphone = ["usb", "ears", ""][Math.floor(next() * 3)]
    made.call.audio.preferenceChanged("microphone")
  },
  "unplugs it": made => {
    const track = own(made)
    if (track?.readyState !== "live") return
    track.readyState = "ended"
    track.onended?.()
  },
  "stops the sound": made => {
    made.world.stuck = true
    const context = made.world.contexts.at(-1)
    if (context.state !== "closed") context.state = "interrupted"
    context.onstatechange?.()
  },
  "lets it run": made => { made.world.stuck = false },
  "touches the page": made => void made.call.audio.touched(),
  "presses the microphone": made => void made.call.toggleMicrophone(),
  "gives up the loudspeaker": made => made.call.player.node?.onprocessorerror(),
  "waits": () => {}
}

for (let seed = 1; seed <= WALKS; seed++) {
  test(`whatever happens to devices, the microphone that is shown is the one that listens (walk ${seed})`, async () => {
    const made = new Place()
    const next = random(seed * 104729)
    await made.goLive()
    const done = []
    for (let i = 0; i < STEPS; i++) {
      const names = Object.keys(DOINGS)
      const name = names[Math.floor(next() * names.length)]
      done.push(name)
      DOINGS[name](made, next)
      await settle()
      for (let steps = Math.floor(next() * 4); steps > 0; steps--) await made.step(next() < 0.3)
      if (next() > 0.15) continue
      await made.rest()
      const track = own(made)
      const way = done.join(", ")
      assert.ok(!track || track.readyState === "live", `a dead microphone: ${way}`)
      assert.ok(!track || track.wished === made.preferences.values.microphone, `not the chosen one: ${way}`)
      assert.deepEqual(live(made), track ? [track] : [], way)
      assert.ok(made.world.open() <= 1, way)
    }
    made.call.stop()
    await made.rest()
    assert.deepEqual(live(made), [])
  })
}

test("pressed while a typed call is still opening its sound, the microphone that is given is the one that listens", async () => {
  const made = new Place()
  made.call.say("Hello")
  await settle()
  made.call.toggleMicrophone()
  await made.rest()
  assert.equal(made.call.microphone.stream?.getAudioTracks()[0], live(made)[0])
  assert.equal(live(made).length, 1)
})

test("the line that is back after half a minute, while the sound is built anew, finds nobody listening", async () => {
  const made = new Place()
  await made.goLive()
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  made.clock.ms += 31_000
  made.call.player.node.onprocessorerror()
  made.call.audio.touched()
  await settle()
  made.line.come("connect")
  await made.rest()
  assert.deepEqual(live(made), [])
  assert.ok(made.call.muted)
})

test("a microphone that is gone before it is opened is replaced", async () => {
  const made = new Place()
  const { devices, tracks } = made.world
  const ask = devices.getUserMedia
  devices.getUserMedia = async wishes => {
    const stream = await ask(wishes)
    if (tracks.length === 1) stream.getTracks()[0].stop()
    return stream
  }
  made.call.start({ microphone: true })
  await made.rest()
  assert.equal(own(made).readyState, "live")
})
