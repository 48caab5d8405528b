import assert from "node:assert/strict"
import { test } from "node:test"
import { measureRoundTrip, summed } from "../../../voiceapp/static/js/preflight/round-trip.js"

test("the round trip is the median, and one that was late is no spread", () => {
  assert.deepEqual(summed([30, 20, 22, 400, 21, 25, 10]), { median: 22, spread: 10 })
  assert.deepEqual(summed([30, 10, 20]), { median: 20, spread: 20 })
})

test("the first question only opens the connection, and a slow line is not asked for ever", async () => {
  let time = 0
  let asked = 0
  const ask = ms => async () => { time += asked++ ? ms : 900 }
  assert.deepEqual(await measureRoundTrip(ask(20), () => time), { median: 20, spread: 0 })
  assert.equal(asked, 10)
  asked = 0
  assert.equal((await measureRoundTrip(ask(2000), () => time)).median, 2000)
  assert.equal(asked, 4)
  await assert.rejects(measureRoundTrip(async () => { throw new TypeError() }, () => time))
})
