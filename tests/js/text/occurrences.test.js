import assert from "node:assert/strict"
import { test } from "node:test"
import { occurrences } from "../../../voiceapp/static/js/text/occurrences.js"

const found = (text, query) => occurrences(text, query).map(([from, to]) => text.slice(from, to))

test("words are found in any case, accent and width, and in either kana", () => {
  assert.deepEqual(found("Kyoto, KYOTO and kyōto", "kyoto"), ["Kyoto", "KYOTO", "kyōto"])
  assert.deepEqual(found("¿Qué hora es? Dime que sí.", "que"), ["Qué", "que"])
  assert.deepEqual(found("コーヒーと こーひー", "こーひー"), ["コーヒー", "こーひー"])
  assert.deepEqual(found("ＡＢＣ and abc", "abc"), ["ＡＢＣ", "abc"])
  assert.deepEqual(found("ﾃﾞｻﾞｰﾄとデザート", "ﾃﾞｻﾞｰﾄ"), ["ﾃﾞｻﾞｰﾄ", "デザート"])
  assert.deepEqual(found("cafe\u0301 au lait", "café"), ["cafe\u0301"].map(() => "cafe\u0301"))
})

test("what is longer or shorter once folded stands where it stood", () => {
  assert.deepEqual(found("ﬁne İstanbul 👩‍👩‍👧 fine", "fine"), ["ﬁne", "fine"])
  assert.deepEqual(found("one\ntwo", "one two"), ["one\ntwo"])
})

test("nothing is found of nothing, and none overlaps another", () => {
  assert.deepEqual([occurrences("abc", "  "), occurrences("", "a"), occurrences("aaa", "aa")], [[], [], [[0, 2]]])
})

test("whatever is found has the words that were asked for", () => {
  const letters = [..."aAáÁñß İﬁカかー 👍🏽ｱ\u0301\n"]
  let seed = 11
  const chance = most => (seed = seed * 48271 % 2147483647) % most
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: chance(30) }, () => letters[chance(letters.length)]).join("")
    const from = chance(text.length + 1)
    const query = text.slice(from, from + 1 + chance(4))
    const places = occurrences(text, query)
    assert.ok(places.every(([start, end]) => 0 <= start && start < end && end <= text.length))
    if (/^[a-zñかカ]+$/i.test(query)) assert.ok(places.length > 0, JSON.stringify([text, query]))
  }
})
