// Whatever ends a call, and in whichever moment, nothing of it stays: no live track, no running context, no line.

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Call } from "../../voiceapp/static/js/call.js"
import { CaptionPace } from "../../voiceapp/static/js/caption-pace.js"
import { Choices } from "../../voiceapp/static/js/choices.js"
import { Notices } from "../../voiceapp/static/js/notices.js"
import { Stats } from "../../voiceapp/static/js/stats.js"
import { Transcript } from "../../voiceapp/static/js/transcript.js"
import { Scheduler, soundWorld } from "./support/audio.js"
import { Line } from "./support/line.js"

const READY = { conversation: "c", persona: "p", profile: "p", model: "m", voice: "v", sample_rate: 24000, chunk_ms: 40, expires_at: null }
const silent = () => new Proxy({}, { get: () => () => {} })
const settle = async () => { for (let i = 0; i < 30; i++) await null }

function place(delegate = silent()) {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const scheduler = new Scheduler()
  const world = soundWorld(scheduler)
  const line = new Line()
  line.connect = () => { line.wanted = true }
  const hang = line.disconnect.bind(line)
  line.disconnect = () => { line.wanted = false; hang() }
  const words = { say: key => key, has: () => true }
  const clock = { ms: 0 }
  const choices = new Choices(null, { choiceChanged() {} })
  const stats = new Stats(() => clock.ms, silent())
  const keeper = { begin() {}, pause() {}, end() {}, changed() {}, recorder: null, keepsSound: false }
  const call = new Call({
    connect: () => line, ask: async () => ({ reached: false, trouble: null }), devices: world.devices, transcript: new Transcript({ transcriptChanged() {} }), pace: new CaptionPace(),
    notices: new Notices(words, { noticesChanged() {} }), choices, stats, now: () => clock.ms, keeper, obstacle: () => null
  }, delegate)
  return { call, scheduler, world, line, clock }
}

/** The line's own part: it comes when it is wanted, and the server answers. */
async function serve({ line }) {
  if (line.wanted && !line.connected) line.come("connect")
  await settle()
  const started = line.said.findLast(([event]) => event === "start")
  if (started && !started.done) {
    started.done = true
    started[2]({ ok: true })
    line.come("ready", READY)
  }
  const stopped = line.said.findLast(([event]) => event === "stop")
  if (stopped && !stopped.done) {
    stopped.done = true
    line.come("ended", { reason: "stopped" })
  }
  await settle()
}

async function goLive(made) {
  made.call.start({ microphone: true })
  await settle()
  for (let i = 0; i < 12 && !made.call.session.live; i++) {
    await made.scheduler.step()
    mock.timers.tick(10)
    await serve(made)
  }
  assert.ok(made.call.session.live)
  await made.scheduler.drain()
  assert.equal(made.world.live(), 1)
}

/** What somebody, or the system, does; each has promises of the browser in it. */
const DOINGS = {
  "the call begins": { prepare: async () => {}, act: ({ call }) => void call.start({ microphone: true }) },
  "the sound is built anew": {
    prepare: async made => {
      await goLive(made)
      made.call.sound.paused = true
      made.world.stuck = true
    },
    act: ({ call }) => void call.sound.touched()
  },
  "another microphone is chosen": { prepare: goLive, act: ({ call }) => call.sound.choiceChanged("microphone") },
  "the microphone is lost": { prepare: goLive, act: ({ call }) => void call.sound.microphoneLost() },
  "the microphone is added": { prepare: async made => { await goLive(made); made.call.sound.letGo() }, act: ({ call }) => void call.toggleMicrophone() },
  "the key is pressed": { prepare: async made => { await goLive(made); made.call.sound.letGo() }, act: ({ call }) => void call.talkBeginning() },
  "the device stands still": {
    prepare: async made => {
      await goLive(made)
      made.world.contexts.at(-1).state = "interrupted"
      made.world.stuck = true
    },
    act: ({ call }) => void call.sound.deviceChanged()
  },
  "the call is hung up": { prepare: goLive, act: ({ call }) => call.stop() }
}

/** What ends it. */
const ENDS = {
  "hung up": ({ call }) => call.stop(),
  "ended by the server": ({ line, call }) => {
    if (!line.connected) return call.stop()
    for (const said of line.said) said.done = true
    line.come("ended", { reason: "idle" })
  },
  "refused": ({ call }) => { call.callRefused({ code: "busy" }); call.transport.stop() },
  "taken by another tab": ({ call }) => call.stop()
}

async function rest(made) {
  for (let i = 0; i < 12; i++) {
    await made.scheduler.drain()
    mock.timers.tick(400)
    await settle()
    await serve(made)
  }
  mock.timers.tick(5000)
  await settle()
}

for (const [doing, { prepare, act }] of Object.entries(DOINGS)) {
  for (const [end, finish] of Object.entries(ENDS)) {
    test(`${doing}, and is ${end} at any moment of it: nothing stays open`, async () => {
      for (let moment = 0; moment < 9; moment++) {
        const made = place()
        await prepare(made)
        act(made)
        await settle()
        for (let i = 0; i < moment; i++) {
          await made.scheduler.step()
          mock.timers.tick(i % 3 === 0 ? 350 : 10)
          await settle()
        }
        finish(made)
        await settle()
        await rest(made)
        assert.equal(made.call.session.active, false, `moment ${moment}`)
        assert.equal(made.world.live(), 0, `a live track, moment ${moment}`)
        assert.equal(made.world.open(), 0, `an open context, moment ${moment}`)
        assert.equal(made.line.connected || made.line.wanted === true, false, `a line, moment ${moment}`)
        assert.deepEqual(made.call.notices.all.filter(({ fatal }) => !fatal).map(({ code }) => code), [], `a notice, moment ${moment}`)
      }
    })

    test(`${doing}, and is ${end} and begun anew at any moment of it: one call stays`, async () => {
      for (let moment = 0; moment < 9; moment++) {
        const made = place()
        await prepare(made)
        act(made)
        await settle()
        for (let i = 0; i < moment; i++) await made.scheduler.step()
        finish(made)
        made.world.stuck = false
        made.call.start({ microphone: true })
        await settle()
        await rest(made)
        assert.equal(made.call.session.active, true, `moment ${moment}`)
        assert.ok(made.world.live() <= 1, `${made.world.live()} live tracks, moment ${moment}`)
        assert.ok(made.world.open() <= 1, `${made.world.open()} open contexts, moment ${moment}`)
        made.call.stop()
        await rest(made)
        assert.deepEqual([made.world.live(), made.world.open()], [0, 0], `moment ${moment}`)
      }
    })
  }
}

test("away for half a minute, the microphone is let go, and the person is asked before they are heard again", async () => {
  const made = place()
  await goLive(made)
  made.line.connected = false
  made.line.come("disconnect", "transport close")
  assert.equal(made.world.live(), 1)
  made.clock.ms += 31_000
  made.line.active = true
  made.line.come("connect_error", new Error())
  await settle()
  assert.equal(made.world.live(), 0)
  made.line.come("connect")
  await settle()
  made.line.said.findLast(([event]) => event === "start")[2]({ ok: true })
  made.line.come("ready", READY)
  await made.scheduler.drain()
  assert.equal(made.call.session.phase, "live")
  assert.ok(made.call.muted)
  assert.equal(made.world.live(), 0)
  assert.ok(made.call.notices.all.some(({ code }) => code === "microphone_shut"))
  made.call.toggleMicrophone()
  await made.scheduler.drain()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
  assert.ok(!made.call.notices.all.some(({ code }) => code === "microphone_shut"))
})

test("pressing the microphone while it is being asked for already leaves nobody muted", async () => {
  const made = place()
  await goLive(made)
  made.call.sound.microphoneLost()
  await settle()
  made.call.toggleMicrophone()
  await made.scheduler.drain()
  assert.equal(made.world.live(), 1)
  assert.ok(!made.call.muted)
})

test("what was typed for a call that does not come about is given back, and sent once where it does", async () => {
  const back = []
  const delegate = new Proxy({}, { get: (_, name) => name === "textsUnsent" ? texts => back.push(...texts) : () => {} })
  const made = place(delegate)
  made.call.say("One")
  made.call.say("Two")
  await settle()
  made.call.callRefused({ code: "busy" })
  assert.deepEqual(back, ["One", "Two"])
  await rest(made)
  made.call.say("Three")
  await rest(made)
  assert.deepEqual(made.line.said.filter(([event]) => event === "text").map(([, { text }]) => text), ["Three"])
  made.line.connected = false
  made.call.say("Four")
  made.call.stop()
  assert.deepEqual(back, ["One", "Two", "Four"])
  await rest(made)
})
