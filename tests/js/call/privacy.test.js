// Whatever ends a call, and in whichever moment, nothing of it stays: no live track, no running context, no line, no
// timer.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { KEPT, Place, RESUMED, settle } from "../support/place.js"

/** Whatever is still to be done at the end is done so soon. */
const SOON_MS = 5000
const MOST_MOMENTS = 60
const WHY_ENDED = ["busy", "idle", "connection_given_up"]

/** Longer than a call is kept for somebody who is away; and a night. */
const GIVEN_UP_MS = 200_000
const NIGHT_MS = 8 * 3_600_000

after(Place.leave)

/** @param {Place} made @param {string} [why] */
function lose({ line }, why = "transport close") {
  if (!line.connected) return
  line.connected = false
  line.come("disconnect", why)
}

/** The library has tried in vain to make the line again, and goes on trying. @param {Place} made */
function refuse({ line }) {
  line.active = true
  line.come("connect_error", new Error())
}

/** What somebody, or the system, does; each has promises of the browser in it. */
const DOINGS = {
  "the call begins": { prepare: async () => {}, act: ({ call }) => void call.start({ microphone: true }) },
  "the sound is built anew": {
    prepare: async made => {
      await made.goLive()
      made.call.audio.paused = true
      made.world.stuck = true
    },
    act: ({ call }) => void call.audio.touched()
  },
  "another microphone is chosen": {
    prepare: made => made.goLive(), act: ({ call }) => call.audio.preferenceChanged("microphone")
  },
  "the microphone is lost": { prepare: made => made.goLive(), act: ({ call }) => void call.audio.microphoneLost() },
  "the microphone is added": {
    prepare: async made => { await made.goLive(); made.call.audio.letGo() },
    act: ({ call }) => void call.toggleMicrophone()
  },
  "the key is pressed": {
    prepare: async made => { await made.goLive(); made.call.audio.letGo() },
    act: ({ call }) => void call.pushToTalkBegan()
  },
  "the device stands still": {
    prepare: async made => {
      await made.goLive()
      made.world.contexts.at(-1).state = "interrupted"
      made.world.stuck = true
    },
    act: ({ call }) => void call.audio.deviceChanged()
  },
  "the browser gives up the microphone": {
    prepare: made => made.goLive(), act: ({ call }) => void call.microphone.node.onprocessorerror()
  },
  "the browser gives up the loudspeaker, which is touched": {
    prepare: made => made.goLive(),
    act: ({ call }) => { call.player.node.onprocessorerror(); call.audio.touched() }
  },
  "the line is lost and comes back": {
    prepare: made => made.goLive(), act: made => { lose(made); made.line.connect() }
  },
  "the line of a call that is kept is lost and comes back": {
    prepare: async made => {
      Object.assign(made.line, { ready: KEPT, resumption: ["resumed", RESUMED] })
      await made.goLive()
    },
    act: made => {
      made.call.microphoneHeard(new Int16Array(960))
      lose(made)
      made.call.microphoneHeard(new Int16Array(960))
      made.call.say("Hello")
    }
  },
  "a page that was loaded again comes back": {
    prepare: async made => {
      Object.assign(made.line, { ready: KEPT, resumption: ["resumed", { ...RESUMED, again: true }] })
      made.call.audio.permission.permissions = { query: async () => ({ state: "granted" }) }
      made.savedCall.keep({
        token: "t", grace_s: 30, began: 0, terms: made.call.sessionRequest.agreed, microphone: true, talk: null
      })
      made.savedCall.read = () => made.savedCall.saved
    },
    act: made => void made.call.recovery.start()
  },
  "a call that is kept elsewhere is asked for": {
    prepare: async made => {
      const elsewhere = { code: "call_elsewhere", message: "", retry: true, after_s: 1 }
      Object.assign(made.line, { ready: KEPT, resumption: ["not_resumed", elsewhere] })
      await made.goLive()
    },
    act: made => {
      lose(made)
      // As if it had been so for a while.
      made.call.transport.resumption.elsewhereAt = made.clock.ms - 12_000
    }
  },
  "the line is away for long and comes back while the microphone is asked for": {
    prepare: async made => { await made.goLive(); made.call.audio.letGo() },
    act: made => {
      made.call.toggleMicrophone()
      lose(made)
      made.clock.ms += 31_000
      refuse(made)
      made.line.connect()
    }
  },
  "the call is hung up": { prepare: made => made.goLive(), act: ({ call }) => call.stop() }
}

/** What ends it. */
const ENDS = {
  "hung up": ({ call }) => call.stop(),
  "ended by the server": ({ line, call }) => {
    if (!line.connected) return call.stop()
    line.come("ended", { reason: "idle" })
  },
  "refused": ({ call }) => { call.reports.callRefused({ code: "busy" }); call.transport.stop() },
  "taken by another tab": ({ call }) => call.stop(),
  "given up, since its line stays away": async made => {
    // Not even asked for yet.
    if (!made.call.transport.socket) return made.call.stop()
    lose(made)
    made.clock.ms += GIVEN_UP_MS
    refuse(made)
    await settle()
  },
  "found by a computer that slept all night": made => {
    if (!made.call.transport.socket) return made.call.stop()
    made.clock.ms += NIGHT_MS
    if (made.line.connected) made.line.io.emit("ping")
    lose(made, "ping timeout")
    made.line.come("connect")
  }
}

/** Ends it before the first step of the way, before the second and so on, until there are no more. */
async function walk({ prepare, act }, late, end) {
  let further = true
  for (let moment = 0; further; moment++) {
    assert.ok(moment < MOST_MOMENTS, "the way has no end")
    const made = new Place()
    await prepare(made)
    act(made)
    await settle()
    for (let i = 0; i < moment && further; i++) further = await made.step(late)
    await end(made, `moment ${moment}`)
  }
}

function assertNothingIsOpen({ call, world, line, timers, standing }, when) {
  assert.equal(call.callState.active, false, when)
  assert.equal(call.microphone.there, false, when)
  assert.equal(world.live(), 0, `a live track, ${when}`)
  assert.equal(world.open(), 0, `an open context, ${when}`)
  assert.equal(line.connected || line.wanted === true, false, `a line, ${when}`)
  assert.equal(timers.waiting.size, 0, `a timer, ${when}`)
  assert.deepEqual(standing.filter(code => !WHY_ENDED.includes(code)), [], `a notice, ${when}`)
}

for (const [doing, way] of Object.entries(DOINGS)) {
  for (const [end, finish] of Object.entries(ENDS)) {
    for (const late of [false, true]) {
      const told = `${doing}${late ? " by a slow browser" : ""}, and is ${end}`

      test(`${told} at any moment of it: nothing stays open`, () => walk(way, late, async (made, when) => {
        await finish(made)
        await settle()
        assert.ok(await made.rest() <= SOON_MS, when)
        assertNothingIsOpen(made, when)
      }))

      test(`${told} and begun anew at any moment of it: one call stays`, () => walk(way, late, async (made, when) => {
        await finish(made)
        made.world.stuck = false
        made.call.start({ microphone: true })
        await settle()
        await made.rest()
        assert.equal(made.call.callState.active, true, when)
        assert.ok(made.world.live() <= 1, `${made.world.live()} live tracks, ${when}`)
        assert.ok(made.world.open() <= 1, `${made.world.open()} open contexts, ${when}`)
        made.call.stop()
        assert.ok(await made.rest() <= SOON_MS, when)
        assertNothingIsOpen(made, when)
      }))
    }
  }
}

test("away for half a minute, the microphone is let go, and the person is asked before they are heard again", async () => {
  const made = new Place()
  await made.goLive()
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  assert.equal(made.world.live(), 1)
  made.clock.ms += 31_000
  made.line.active = true
  made.line.come("connect_error", new Error())
  await settle()
  assert.equal(made.world.live(), 0)
  made.line.come("connect")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.ok(made.call.muted)
  assert.equal(made.world.live(), 0)
  assert.ok(made.call.notices.all.some(({ code }) => code === "microphone_shut"))
  made.call.toggleMicrophone()
  await made.rest()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
  assert.ok(!made.call.notices.all.some(({ code }) => code === "microphone_shut"))
})

/** The line is away for more than half a minute, while the browser asks for the microphone. @param {Place} made */
async function awayWhileAsked(made) {
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  made.clock.ms += 31_000
  made.line.active = true
  for (let tries = 0; tries < 2; tries++) made.line.come("connect_error", new Error())
  await settle()
}

test("a microphone that is given only when the call is away for long is let go, until it is asked for again", async () => {
  const made = new Place()
  await made.goLive()
  made.call.audio.microphoneLost()
  await settle()
  await awayWhileAsked(made)
  await made.rest()
  assert.equal(made.world.live(), 0)
  assert.ok(made.call.muted && !made.call.asking)
  assert.deepEqual(made.call.notices.all.filter(({ code }) => code === "microphone_shut").map(({ times }) => times), [1])
  made.line.come("connect")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.equal(made.world.live(), 0)
  made.call.toggleMicrophone()
  await made.rest()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
})

test("whoever presses the microphone again before the browser's question is answered is heard", async () => {
  const made = new Place()
  await made.goLive()
  made.call.audio.microphoneLost()
  await settle()
  await awayWhileAsked(made)
  made.line.come("connect")
  made.call.toggleMicrophone()
  await made.rest()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
})

test("a microphone that is given to a call whose line has not come for long is let go", async () => {
  const made = new Place()
  made.call.start({ microphone: true })
  await settle()
  made.clock.ms += 31_000
  made.line.active = true
  made.line.come("connect_error", new Error())
  await settle()
  while (await made.step()) assert.equal(made.world.live(), 0)
  assert.equal(made.world.tracks.length, 1)
  assert.ok(made.standing.includes("microphone_shut"))
})

test("pressing the microphone while it is being asked for already leaves nobody muted", async () => {
  const made = new Place()
  await made.goLive()
  made.call.audio.microphoneLost()
  await settle()
  made.call.toggleMicrophone()
  await made.rest()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
})

test("what was typed for a call that does not come about is given back, and sent once where it does", async () => {
  const back = []
  const delegate = new Proxy({}, { get: (_, name) => name === "textsUnsent" ? texts => back.push(...texts) : () => {} })
  const made = new Place(delegate)
  made.call.say("One")
  made.call.say("Two")
  await settle()
  made.call.reports.callRefused({ code: "busy" })
  assert.deepEqual(back, ["One", "Two"])
  await made.rest()
  made.call.say("Three")
  await made.rest()
  assert.deepEqual(made.line.said.filter(([event]) => event === "text").map(([, { text }]) => text), ["Three"])
  made.line.come("transcript", 1, { item: "t1", text: "Three", final: true })
  made.line.come("item", 2, { id: "t1", role: "user", after: null, kind: "text" })
  made.line.connected = false
  made.call.say("Four")
  made.call.stop()
  assert.deepEqual(back, ["One", "Two", "Four"])
  await made.rest()
})

test("frozen or asleep for a minute, the page lets the microphone go as soon as it finds its line lost, and asks", async () => {
  const made = new Place()
  await made.goLive()
  made.line.io.emit("ping")
  made.clock.ms += 60_000
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  assert.equal(made.world.live(), 0)
  made.line.come("connect")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.ok(made.call.muted)
  assert.equal(made.world.live(), 0)
  assert.ok(made.standing.includes("microphone_shut"))
})

test("what a page that was frozen says before it finds its line lost is not said on the next one", async () => {
  const made = new Place()
  await made.goLive()
  made.line.expired = true
  made.call.transport.uplink.sendHeard("a1", 40)
  made.call.microphoneHeard(new Int16Array(960))
  made.call.interrupt()
  assert.equal(made.line.sendBuffer.length, 2)
  made.line.connected = false
  made.line.said = []
  made.line.come("disconnect", "ping timeout")
  made.line.come("connect")
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.deepEqual(made.line.events, ["start"])
})

test("what was refused because a call was not ready is not said of one that is", async () => {
  const made = new Place()
  await made.goLive()
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  made.line.come("connect")
  made.line.come("notice", { code: "not_started", message: "", retry: false, fatal: false })
  assert.ok(made.standing.includes("not_started"))
  await made.rest()
  assert.equal(made.call.callState.phase, "live")
  assert.ok(!made.standing.includes("not_started"))
})
