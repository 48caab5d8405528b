import assert from "node:assert/strict"
import { test } from "node:test"
import { LatencyTracker, said, told } from "../../../voiceapp/static/js/models/latency.js"
import { Transcript } from "../../../voiceapp/static/js/models/transcript.js"

const ANSWERED = { item: "a1", wait_ms: 350, created_ms: 90, first_byte_ms: 210, done_ms: 800 }

/** A page by hand: each act at its time. */
function page() {
  const clock = { ms: 0 }
  const told = []
  const latencies = new LatencyTracker(() => clock.ms, { latencyMeasured: latency => told.push(latency) })
  const at = (ms, act) => { clock.ms = ms; act(latencies) }
  return { latencies, told, at }
}

/** An answer whose turn the page heard of at 1000; its sound came 240 ms later and was played 50 ms after that. */
function answer({ at }, { trips = [30], answeredAt = 1400 } = {}) {
  const { item } = ANSWERED
  for (const ms of trips) at(500, l => l.tripMeasured(ms))
  at(1000, l => l.turnChanged("thinking"))
  at(1240, l => l.soundArrived(item))
  at(1260, l => l.soundArrived(item))
  const rest = [
    [answeredAt, l => l.answered(ANSWERED)], [1290, l => l.playbackStarted(item)], [3290, l => l.playbackEnded(item)]
  ]
  for (const [ms, act] of rest.toSorted(([a], [b]) => a - b)) at(ms, act)
}

const WHOLE = {
  item: "a1", waitMs: 350, modelMs: 210, createdMs: 90, networkMs: 60, playbackMs: 50, firstSoundMs: 670,
  generatedMs: 800, doneMs: 2670
}

test("whichever half comes first, an answer's parts add up to its first sound", () => {
  for (const answeredAt of [1250, 1400, 9000]) {
    const it = page()
    answer(it, { answeredAt })
    assert.deepEqual(it.latencies.last, [WHOLE])
  }
})

test("it is told at the first sound, and again when the answer was heard", () => {
  const it = page()
  answer(it)
  assert.deepEqual(it.told.map(({ firstSoundMs, doneMs }) => [firstSoundMs, doneMs]), [[670, null], [670, 2670]])
})

test("the network's part is the middle one of the latest round trips, and what the sound came later by", () => {
  const it = page()
  answer(it, { trips: [900, 900, ...Array(8).fill(20), 500] })
  assert.equal(it.latencies.last[0].networkMs, 20 + 30)
})

test("where the network or the wait is not known nothing is said of it", () => {
  const it = page()
  answer(it, { trips: [], answeredAt: 9000 })
  it.at(9000, l => l.answered({ ...ANSWERED, wait_ms: null }))
  const [{ networkMs, waitMs, firstSoundMs }] = it.latencies.last
  assert.deepEqual([networkMs, waitMs, firstSoundMs], [null, null, 260])
})

test("an answer that was never heard has no latency, and one that was cut no end", () => {
  const it = page()
  it.at(1000, l => l.soundArrived("cut"))
  it.at(1100, l => l.answered({ ...ANSWERED, item: "cut" }))
  assert.deepEqual(it.latencies.last, [])
  it.at(1200, l => l.playbackStarted("cut"))
  assert.equal(it.latencies.last[0].doneMs, null)
})

test("another call may use the same names, and the last 50 answers are kept", () => {
  const it = page()
  for (let call = 0; call < 60; call++) {
    it.latencies.callBegan()
    answer(it)
  }
  assert.deepEqual(it.latencies.last, Array(50).fill(WHOLE))
})

/** The keys, and the seconds. */
const say = (key, { s } = {}) => key === "latency.seconds" ? s : [key, s].filter(Boolean).join(" ")

test("what is shown of the parts adds up to what is shown of the whole", () => {
  const words = { language: "en", say }
  assert.deepEqual(said(WHOLE, words), [
    "latency.first_sound 0.67", "latency.wait 0.35", "latency.model 0.21", "latency.network 0.06",
    "latency.playback 0.05"
  ])
  const odd = { ...WHOLE, waitMs: 334, modelMs: 214, networkMs: 4, playbackMs: 44, firstSoundMs: 596 }
  const [whole, ...parts] = said(odd, words).map(part => Math.round(100 * Number(part.split(" ")[1])))
  assert.equal(parts.reduce((sum, part) => sum + part), whole)
})

test("in short it is said to a tenth, and each part has its share", () => {
  const { short, parts } = told({ ...WHOLE, waitMs: null, networkMs: null, modelMs: 210, playbackMs: 630, firstSoundMs: 840 }, { language: "en", say })
  assert.equal(short, "0.8")
  assert.deepEqual(parts.map(({ share }) => share), [0.25, 0.75])
  assert.equal(told({ ...WHOLE, firstSoundMs: 20 }, { language: "en", say }).short, "0.1")
})

test("a wait of none is not shown, and one nobody knows is named", () => {
  const words = { language: "ja", say }
  assert.deepEqual(
    said({ ...WHOLE, waitMs: 0, firstSoundMs: 320 }, words).slice(0, 2),
    ["latency.sent 0.32", "latency.model 0.21"]
  )
  assert.deepEqual(
    said({ ...WHOLE, waitMs: null, networkMs: null, firstSoundMs: 260 }, words),
    ["latency.after_pause 0.26", "latency.model 0.21", "latency.playback 0.05"]
  )
})

test("an entry keeps the time it was first placed and its answer's latency, whatever comes after", () => {
  const transcript = new Transcript({ transcriptChanged() {} })
  transcript.begin()
  transcript.place(1, { id: "a1", role: "assistant", after: null, kind: "audio" }, 1000)
  transcript.measure(WHOLE)
  const { version } = transcript.entry("a1")
  transcript.place(4, { id: "a1", role: "assistant", after: "u1", kind: "audio" }, 9000)
  transcript.word(3, { item: "a1", delta: "day" })
  transcript.word(2, { item: "a1", delta: "Good " })
  const { at, latency, text, version: later } = transcript.entry("a1")
  assert.deepEqual({ at, latency, text }, { at: 1000, latency: WHOLE, text: "Good day" })
  assert.ok(later > version)
})
