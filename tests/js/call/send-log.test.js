// Whatever is lost and however often, what is said reaches the other side once and in order; sound that is left out is
// the oldest, and counted.

import assert from "node:assert/strict"
import { test } from "node:test"
import { SendLog } from "../../../voiceapp/static/js/call/send-log.js"
import { random } from "../support/speech.js"

const ROOM_MS = 5000
const sending = (data, ms = 0) => ({ event: ms ? "audio" : "text", data, ms, n: 0, at: 0 })

/** Log and server: what reached it, by the rules of docs/wire.md. */
function pair() {
  const log = new SendLog()
  log.begin(ROOM_MS)
  const made = {
    log, taken: 0, got: [], line: true, now: 0, flight: [],
    say(data, ms) {
      log.add(sending(data, ms))
      made.pump()
    },
    pump() {
      for (let next = made.line && log.next(made.now); next; next = log.next(made.now)) made.flight.push({ ...next })
      log.bound(made.now)
    },
    /** So much of what is on its way arrives. */
    arrive(count) {
      for (const { n, data, ms } of made.flight.splice(0, count)) {
        assert.ok(n <= made.taken + 1, "a hole")
        if (n === made.taken + 1) made.got.push({ data, ms })
        made.taken = Math.max(made.taken, n)
      }
    },
    ack: () => log.acknowledged(made.taken),
    lose: () => { made.line = false; made.flight = [] },
    back() {
      made.line = true
      log.resumed(made.taken, made.now)
      made.pump()
    }
  }
  return made
}

test("numbers run on, and what is acknowledged is forgotten", () => {
  const { log, say, arrive, ack } = pair()
  for (let i = 0; i < 3; i++) say(`${i}`, 40)
  assert.deepEqual(log.sent.map(({ n }) => n), [1, 2, 3])
  arrive(2)
  assert.deepEqual(ack().map(({ data }) => data), ["0", "1"])
  assert.deepEqual([log.sent.map(({ n }) => n), log.sentMs], [[3], 40])
})

test("what was left out takes no number: what follows is the next", () => {
  const made = pair()
  made.say("before", 40)
  made.arrive(1)
  made.lose()
  for (let i = 0; i < 200; i++) made.say(i, 40)
  made.say("typed", 0)
  assert.deepEqual([made.log.waitingMs, made.log.leftOutMs], [ROOM_MS, 3000])
  made.back()
  assert.deepEqual([made.log.sent[0].n, made.log.sent[0].data], [2, 75])
})

test("late sound goes up at twice its pace, what is said meanwhile behind it, and then at once again", () => {
  const made = pair()
  made.lose()
  for (let i = 0; i < 100; i++) made.say(i, 40)
  made.back()
  const began = made.now
  while (made.log.waiting.length) {
    made.now += 40
    made.say("new", 40)
    made.arrive(Infinity)
    made.ack()
  }
  const ms = made.now - began
  assert.ok(ms > 3000 && ms < 4100, `${ms}`)
  assert.equal(made.log.late, false)
  made.say("at once", 40)
  assert.equal(made.flight.length, 1)
  assert.deepEqual(made.got.slice(0, 101).map(({ data }) => data), [...Array(100).keys(), "new"])
})

test("a line on which nothing is acknowledged keeps what is said, up to the same bound", () => {
  const made = pair()
  for (let i = 0; i < 100; i++) made.say(i, 40)
  assert.deepEqual([made.log.sentMs, made.log.waitingMs, made.log.leftOutMs], [1800, 2200, 0])
})

test("without room what cannot go at once is left out, and numbers have no hole", () => {
  const made = pair()
  made.log.begin(0)
  for (let i = 0; i < 100; i++) made.say(i, 40)
  assert.deepEqual([made.log.sent.length, made.log.waiting.length, made.log.late], [45, 0, false])
  made.arrive(Infinity)
  made.ack()
  made.say("next", 40)
  assert.equal(made.log.sent[0].n, 46)
})

test("nobody is heard of who was away for long: the sound is dropped, what was done is not", () => {
  const made = pair()
  made.lose()
  made.say("a", 40)
  made.say("typed", 0)
  made.log.dropSound()
  assert.deepEqual(made.log.waiting.map(({ data }) => data), ["typed"])
  assert.equal(made.log.leftOutMs, 40)
})

for (let seed = 1; seed <= 100; seed++) {
  test(`each thing once and in order, and no sound missing that is not counted (walk ${seed})`, () => {
    const next = random(seed * 7919)
    const made = pair()
    const said = []
    const doings = [
      () => {
        for (let i = 0; i < 20 * next(); i++) {
          said.push([said.length, 40])
          made.say(said.length - 1, 40)
          made.now += 40
        }
      },
      () => { said.push([said.length, 0]); made.say(said.length - 1, 0) },
      () => made.arrive(Math.floor(8 * next())), () => made.ack(),
      () => { made.arrive(Math.floor(4 * next())); made.lose() },
      () => { if (!made.line) made.back() },
      () => { made.now += 300 * next(); made.pump() }
    ]
    for (let step = 0; step < 300; step++) doings[Math.floor(next() * doings.length)]()
    if (!made.line) made.back()
    for (let i = 0; made.log.waiting.length || made.flight.length; i++) {
      assert.ok(i < 2000, "it never catches up")
      made.arrive(Infinity)
      made.ack()
      made.now += 40
      made.pump()
    }
    const got = made.got.map(({ data }) => data)
    assert.deepEqual(got, [...new Set(got)].sort((a, b) => a - b))
    const missing = said.filter(([data]) => !got.includes(data))
    assert.ok(missing.every(([, ms]) => ms > 0), "only sound is left out")
    assert.equal(missing.length * 40, made.log.leftOutMs)
    assert.equal(made.log.sent.length, 0)
  })
}

test("an acknowledgement is due half a second of sound after the last one, and at once for all but sound", () => {
  const log = new SendLog()
  log.begin(5000)
  let at = 0
  const send = (/** @type {number} */ ms) => {
    log.add({ event: ms ? "audio" : "text", data: "", ms, n: 0, at: 0, sent: undefined, answered: undefined })
    log.next(at += 40)
  }
  for (let count = 0; count < 12; count++) send(40)
  assert.equal(log.dueSince, undefined)
  send(40)
  assert.equal(log.dueSince, 13 * 40)
  log.acknowledged(13)
  assert.equal(log.dueSince, undefined)
  send(40)
  send(0)
  assert.equal(log.dueSince, 15 * 40)
})
