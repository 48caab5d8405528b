// A page that is loaded again knows how the pictures of its tab looked.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Thumbnails } from "../../../voiceapp/static/js/models/thumbnails.js"

const ADDRESS = "data:image/jpeg;base64,AAAA"

function storage() {
  const kept = new Map()
  return {
    kept, getItem: key => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value),
    removeItem: key => void kept.delete(key)
  }
}

test("they outlive the page, the latest of them", () => {
  const tab = storage()
  const before = new Thumbnails(tab)
  for (let n = 0; n < 25; n++) before.keep(`p${n}`, `${ADDRESS}${n}`)
  const after = new Thumbnails(tab)
  assert.deepEqual([after.of("p24"), after.of("p5"), after.of("p4")], [`${ADDRESS}24`, `${ADDRESS}5`, null])
})

test("without room, or without a storage, they are there until the page is loaded again", () => {
  const full = { getItem: () => null, setItem() { throw new Error("full") } }
  for (const tab of [full, null]) {
    const thumbnails = new Thumbnails(tab)
    thumbnails.keep("p", ADDRESS)
    assert.equal(thumbnails.of("p"), ADDRESS)
  }
})

test("what is no picture is none", () => {
  for (const kept of ["{", "7", '[["p", "https://elsewhere.example/"]]', '[[1, "data:image/jpeg;base64,A"]]', "[null]"]) {
    const tab = storage()
    tab.setItem("voiceapp.pictures", kept)
    assert.equal(new Thumbnails(tab).of("p"), null)
  }
})

test("of the call nothing stays in the tab once it is over", () => {
  const tab = storage()
  const thumbnails = new Thumbnails(tab)
  thumbnails.keep("p", ADDRESS)
  thumbnails.forget()
  assert.deepEqual([tab.kept.size, thumbnails.of("p"), new Thumbnails(tab).of("p")], [0, null, null])
})

test("of a talk of which the tab holds the latest alone, those that were kept with it are known, too", () => {
  const tab = storage()
  const before = new Thumbnails(tab)
  for (let n = 0; n < 40; n++) before.keep(`p${n}`, `${ADDRESS}${n}`)
  assert.equal(before.of("p0"), `${ADDRESS}0`)
  const after = new Thumbnails(tab)
  after.know([
    { id: "1/p0", part: 1, picture: `${ADDRESS}0` }, { id: "p1", picture: `${ADDRESS}1` },
    { id: "1/a", part: 1 }, { id: "1/p39", part: 1, picture: `${ADDRESS}other` }
  ], 1)
  assert.deepEqual(
    [after.of("p0"), after.of("p1"), after.of("p39")], [`${ADDRESS}0`, null, `${ADDRESS}39`]
  )
})
