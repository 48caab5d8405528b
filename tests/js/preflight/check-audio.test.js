// Whatever ends the check, and in whichever moment, nothing of it stays: no live track, no running context, no line, no
// timer.

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { Preferences } from "../../../voiceapp/static/js/models/preferences.js"
import { Preflight } from "../../../voiceapp/static/js/preflight/preflight.js"
import { Scheduler, soundWorld } from "../support/audio.js"
import { Line } from "../support/line.js"
import { settle } from "../support/place.js"
import { Timers } from "../support/timers.js"

/** Whatever is still to be done at the end is done so soon. */
const SOON_MS = 5000
const MOST_MOMENTS = 100
const READY = { sample_rate: 24000, chunk_ms: 40 }

/** @type {Timers | null} */
let timers = null
after(() => timers?.restore())

/** A server that takes every call, in its own time. @param {Scheduler} scheduler */
function kindLine(scheduler) {
  const line = new Line()
  const later = (...said) => scheduler.promise(() => { if (line.connected) line.come(...said) })
  const emit = line.emit.bind(line)
  const disconnect = line.disconnect.bind(line)
  return Object.assign(line, {
    connect() {
      line.wanted = true
      scheduler.promise(() => { if (line.wanted) line.come("connect") })
    },
    disconnect() {
      line.wanted = false
      disconnect()
    },
    emit(event, ...said) {
      emit(event, ...said)
      if (event === "start") later("ready", READY)
      if (event === "stop") later("ended", { reason: "stopped" })
    }
  })
}

class Check {
  lines = []

  constructor() {
    timers?.restore()
    timers = new Timers()
    const scheduler = this.scheduler = new Scheduler()
    this.world = soundWorld(scheduler)
    const parts = {
      checkSupport: () => null, devices: this.world.devices,
      preferences: new Preferences(null, { preferenceChanged() {} }),
      connect: () => { this.lines.push(kindLine(scheduler)); return this.lines.at(-1) },
      ask: async () => ({ reached: false, trouble: null }), request: () => ({}),
      ping: () => scheduler.promise(() => {}), now: () => timers.now
    }
    this.preflight = new Preflight(parts, { preflightChanged() {}, preflightHeard() {} })
  }

  /** The next thing happens; says whether there was one. @param {boolean} [late] promises are slow */
  async step(late = false) {
    const promised = this.scheduler.waiting.length > 0
    if (promised && !(late && timers.waiting.size > 0)) await this.scheduler.step()
    else if (!timers.fire()) return false
    await settle()
    this.#speak()
    await settle()
    return true
  }

  /** Once for each microphone that listens. */
  #speak() {
    for (const { name, node } of this.world.worklets.splice(0)) {
      const samples = Float32Array.from({ length: 4800 }, (_, i) => 0.2 * Math.sin(i / 20))
      if (name === "tap") node.port.onmessage({ data: { at: 0, samples } })
    }
  }

  /** Until nothing more happens by itself; says how many milliseconds that took. */
  async rest() {
    const before = timers.now
    await settle()
    for (let i = 0; await this.step(); i++) assert.ok(i < 4 * MOST_MOMENTS, "it never comes to rest")
    return timers.now - before
  }
}

const ENDS = {
  "closed": ({ preflight }) => void preflight.stop(),
  "closed twice": ({ preflight }) => { preflight.stop(); preflight.stop() },
  "begun anew and closed": ({ preflight }) => { preflight.start(); preflight.stop() },
  "begun anew, and closed when that one is over": async ({ preflight, rest, world }) => {
    preflight.start()
    assert.ok(world.live() <= 1)
    await rest()
    preflight.stop()
  },
  "played once more and closed": ({ preflight }) => {
    if (preflight.asking) preflight.playAgain()
    preflight.stop()
  }
}

test("the check listens, plays, and has let the microphone go when it asks whether that was heard", async () => {
  const made = new Check()
  made.preflight.start()
  await made.rest()
  assert.equal(made.world.tracks.length, 1)
  assert.equal(made.world.live(), 0)
  assert.ok(made.preflight.asking)
  assert.equal(made.preflight.verdicts.get("service")?.state, "good")
})

for (const [end, finish] of Object.entries(ENDS)) {
  for (const late of [false, true]) {
    test(`the check${late ? " in a slow browser" : ""}, ${end} at any moment of it, leaves nothing open`, async () => {
      let further = true
      for (let moment = 0; further; moment++) {
        assert.ok(moment < MOST_MOMENTS, "the way has no end")
        const made = new Check()
        made.preflight.start()
        await settle()
        for (let i = 0; i < moment && further; i++) further = await made.step(late)
        await finish({ preflight: made.preflight, world: made.world, rest: () => made.rest() })
        const when = `moment ${moment}`
        assert.ok(await made.rest() <= SOON_MS, when)
        assert.equal(made.world.live(), 0, `a live track, ${when}`)
        assert.equal(made.world.open(), 0, `an open context, ${when}`)
        assert.ok(made.lines.every(({ connected, wanted }) => !connected && !wanted), `a line, ${when}`)
        assert.equal(timers.waiting.size, 0, `a timer, ${when}`)
      }
    })
  }
}
