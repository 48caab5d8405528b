import assert from "node:assert/strict"
import { test } from "node:test"
import { SavedCall } from "../../../voiceapp/static/js/call/saved-call.js"

const CALL = {
  token: "t", grace_s: 30, began: 1, terms: { turn: "{}", fields: "{}", mode: "server_vad" }, microphone: true, talk: null
}

function tab() {
  const kept = new Map()
  const storage = {
    getItem: key => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value),
    removeItem: key => kept.delete(key)
  }
  const clock = { ms: 1_000_000 }
  const open = () => new SavedCall(storage, () => clock.ms)
  return { kept, clock, open, storage }
}

test("what one page keeps the next one of the tab reads, and knows how long nobody was there", () => {
  const { clock, open } = tab()
  open().keep(CALL)
  clock.ms += 12_000
  const next = open()
  const saved = next.read()
  assert.deepEqual(saved, { ...CALL, seen: 1_000_000 })
  assert.equal(next.awayMs(saved), 12_000)
  next.forget()
  assert.equal(open().read(), null)
})

test("a page that is there says so every two seconds", () => {
  const { clock, open, storage } = tab()
  const call = open()
  call.keep(CALL)
  let written = 0
  const { setItem } = storage
  storage.setItem = (...data) => { written++; setItem(...data) }
  for (let i = 0; i < 100; i++) {
    clock.ms += 200
    call.touch()
  }
  assert.equal(written, 10)
  call.forget()
  call.touch()
  assert.equal(open().read(), null)
})

test("a clock that was set back cannot tell how long it was", () => {
  const { clock, open } = tab()
  open().keep(CALL)
  clock.ms -= 1000
  assert.equal(open().awayMs(open().read()), 0)
  clock.ms -= 3_600_000
  assert.equal(open().awayMs(open().read()), Infinity)
})

test("what is not of this page, and a storage that is forbidden, is no call", () => {
  const { kept, open } = tab()
  for (const text of ["no JSON", "7", "{}", '{"token": 7}', JSON.stringify({ ...CALL, seen: "now" }),
    JSON.stringify({ ...CALL, seen: 1, texts: [{ text: 7 }] }),
    JSON.stringify({ ...CALL, seen: 1, latencies: [{ item: "a1" }] })]) {
    kept.set("voiceapp.call", text)
    assert.equal(open().read(), null)
  }
  const fail = () => { throw new Error() }
  const forbidden = { getItem: fail, setItem: fail, removeItem: fail }
  for (const storage of [forbidden, null]) {
    const call = new SavedCall(storage)
    call.keep(CALL)
    call.forget()
    assert.equal(call.read(), null)
  }
})

test("what was typed is written down when it changes, and by a page that goes no more", () => {
  const { kept, open } = tab()
  const texts = () => JSON.parse(kept.get("voiceapp.call")).texts
  const call = open()
  call.keepTexts([{ number: 1, text: "of no call" }])
  assert.equal(kept.size, 0)
  call.keep(CALL)
  call.keepTexts([{ number: 3, text: "Hello" }])
  assert.deepEqual(texts(), [{ number: 3, text: "Hello" }])
  call.left(null)
  call.keepTexts([])
  assert.deepEqual(texts(), [{ number: 3, text: "Hello" }])
})
