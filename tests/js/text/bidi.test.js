import assert from "node:assert/strict"
import { test } from "node:test"
import { isolated } from "../../../voiceapp/static/js/text/bidi.js"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"

const apart = text => `\u2068${text}\u2069`

test("text of the other direction is set apart from the line around it, each line by itself; any other stays as it is", () => {
  assert.equal(isolated("مرحبا."), apart("مرحبا."))
  assert.equal(isolated("שלום 3!\nHello.\nنعم"), `${apart("שלום 3!")}\nHello.\n${apart("نعم")}`)
  for (const text of ["Hello.", "こんにちは。", "3.5", ""]) assert.equal(isolated(text), text)
  assert.equal(isolated("GPT", "rtl"), apart("GPT"))
  assert.equal(isolated("مرحبا", "rtl"), "مرحبا")
})

test("a name that is filled into a text does not turn the text around", () => {
  const words = new Words("en", { a: "In use: {name}, {level} dB" })
  assert.equal(words.say("a", { name: "ميكروفون", level: -20 }), `In use: ${apart("ميكروفون")}, -20 dB`)
  assert.equal(words.say("a", { name: "マイク", level: -20 }), "In use: マイク, -20 dB")
  assert.equal(
    new Words("ar", { "page.direction": "rtl", a: "قيد الاستخدام: {name}" }).say("a", { name: "USB" }),
    `قيد الاستخدام: ${apart("USB")}`
  )
})
