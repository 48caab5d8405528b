// The grid of benchmarks/echo.js in short: real speech, in rooms that are made.

import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { EchoGuard } from "../../../voiceapp/static/js/audio/echo-guard.js"
import { CANCELLERS, RATE, TURNS, Talks } from "../support/talks-in-a-room.js"
import { absent } from "../support/voices.js"

const missing = absent()
const ECHOES = [[-20, 100], [-20, 450], [-20, 500], [-30, 600], [-12, 400], [-6, 0], [-Infinity, 0]]
const guard = () => new EchoGuard(RATE)
const within = (heard, seconds) => heard.filter(after => after <= seconds).length

describe("in a room", { skip: missing.length > 0 && `not installed: ${missing.join(", ")}` }, () => {
  /** @type {Talks} */
  let talks
  before(() => { talks = new Talks() })

  for (const room of ["quiet", "kitchen"]) {
    for (const [echoDb, delayMs] of ECHOES) {
      test(`${echoDb} dB of echo after ${delayMs} ms are a person in one answer of ${TURNS} at most (${room})`, () => {
        assert.ok(talks.falseVoices(guard(), { room, echoDb, delayMs }) <= 1)
      })
    }
  }

  for (const [name, canceller] of Object.entries(CANCELLERS)) {
    test(`an echo that the browser ${name} is no person in a call's first answer`, () => {
      for (const delayMs of [0, 100, 300]) {
        for (const echoDb of [-12, -20]) {
          assert.equal(talks.falseFirst(guard, { room: "quiet", echoDb, delayMs, canceller }), 0)
        }
      }
    })
  }

  const alone = { room: "quiet", echoDb: -Infinity, delayMs: 0 }
  for (const personDb of [-40, -30, -15]) {
    test(`without an echo a person at ${personDb} dBFS is heard in the first answer within half a second`, () => {
      assert.equal(within(talks.firstAnswers(guard, { ...alone, personDb }, [0.8, 1, 1.5, 2, 2.5]), 0.5), TURNS)
    })
    for (const afterS of [0.2, 0.3, 0.4, 0.6]) {
      test(`… and ${afterS} s into it, when an echo might still come (${personDb} dBFS)`, () => {
        assert.equal(within(talks.firstAnswers(guard, { ...alone, personDb }, [afterS]), 0.5), TURNS)
      })
    }
    test(`without an echo a person at ${personDb} dBFS is heard from the tenth answer on within half a second`, () => {
      assert.equal(within(talks.laterAnswers(guard(), { ...alone, personDb }), 0.5), TURNS)
    })
  }

  test("in a kitchen without an echo a person at -40 dBFS is heard by then as well", () => {
    assert.ok(within(talks.laterAnswers(guard(), { ...alone, room: "kitchen", personDb: -40 }), 0.5) >= 0.8 * TURNS)
  })

  test("through an echo at -20 dB a person as loud as the assistant is heard", () => {
    for (const delayMs of [100, 450]) {
      const where = { room: "quiet", echoDb: -20, delayMs, personDb: -15 }
      assert.ok(within(talks.firstAnswers(guard, where), 0.5) >= 0.9 * TURNS)
      assert.ok(within(talks.laterAnswers(guard(), where), 0.5) >= 0.9 * TURNS)
    }
  })
})
