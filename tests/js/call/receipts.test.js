import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Receipts } from "../../../voiceapp/static/js/call/receipts.js"
import { random } from "../support/speech.js"

const SECOND = "A".repeat(64_000)

function receipts() {
  const said = []
  const made = new Receipts(n => said.push(n))
  made.begin(0)
  return { made, said }
}

test("sound is needed until it was heard, chunk by chunk, and so is all behind it", () => {
  const { made } = receipts()
  made.took(1)
  for (const n of [2, 3]) {
    made.took(n)
    made.soundArrived(n, "a", SECOND)
  }
  made.took(4)
  assert.equal(made.got, 1)
  made.playbackMoved("a", 999)
  assert.equal(made.got, 1)
  made.playbackMoved("a", 1000)
  assert.equal(made.got, 2)
  made.soundOver("a")
  assert.equal(made.got, 4)
})

test("an answer that is told anew counts on from where it was heard", () => {
  const { made } = receipts()
  made.begin(10, new Map([["a", 500]]))
  made.took(11)
  made.soundArrived(11, "a", SECOND)
  made.playbackMoved("a", 1400)
  assert.equal(made.got, 10)
  made.playbackMoved("a", 1500)
  assert.equal(made.got, 11)
})

test("of a call that was loaded again nothing is held", () => {
  const { made } = receipts()
  made.took(1)
  made.forget()
  assert.equal(made.last, null)
  made.begin(7)
  assert.equal(made.last, 7)
})

test("it is said once a second, and only where it has grown", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { made, said } = receipts()
  made.wanted = true
  for (let n = 1; n <= 40; n++) {
    made.took(n)
    mock.timers.tick(100)
  }
  mock.timers.tick(5000)
  assert.deepEqual(said, [10, 20, 30, 40])
  made.soundOver("a")
  mock.timers.tick(5000)
  assert.equal(said.length, 4)
  made.end()
  mock.timers.reset()
})

for (let seed = 1; seed <= 40; seed++) {
  test(`nothing is given away that is still to be heard (walk ${seed})`, () => {
    const next = random(seed * 104729)
    const { made } = receipts()
    const chunks = []
    const heard = {}
    let n = 0
    let last = 0
    const unheard = () => chunks.find(chunk => chunk.endMs > (heard[chunk.item] ?? 0))
    const arrive = item => {
      made.took(++n)
      if (next() < 0.3) return
      chunks.push({ n, item, endMs: (chunks.findLast(chunk => chunk.item === item)?.endMs ?? 0) + 100 })
      made.soundArrived(n, item, "A".repeat(6400))
    }
    const play = () => {
      const playing = unheard()
      if (!playing) return
      heard[playing.item] = (heard[playing.item] ?? 0) + 150 * next()
      made.playbackMoved(playing.item, heard[playing.item])
    }
    for (let step = 0; step < 200; step++) {
      next() < 0.5 ? arrive(`i${Math.floor(step / 40)}`) : play()
      const waiting = unheard()
      const { got } = made
      assert.equal(got, waiting ? waiting.n - 1 : n)
      assert.ok(got >= last)
      last = got
    }
  })
}
