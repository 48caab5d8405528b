import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"

const ROOT = new URL("../../../voiceapp/", import.meta.url)
const FOLDER = new URL("static/i18n/", ROOT)
const CODES =
  [...readFileSync(new URL("../docs/errors.md", ROOT), "utf8").matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]) => code)

const languages = Object.fromEntries(
  readdirSync(FOLDER).map(file => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))])
)
const placeholders = text => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

for (const [language, strings] of Object.entries(languages)) {
  test(`${language} has the keys and placeholders of English, and no empty text`, () => {
    assert.deepEqual(Object.keys(strings).sort(), Object.keys(languages.en).sort())
    for (const [key, text] of Object.entries(strings)) {
      assert.ok(text.trim(), key)
      assert.deepEqual(placeholders(text), placeholders(languages.en[key]), key)
    }
  })

  test(`${language} has words for every notice, and the name of every language`, () => {
    assert.ok(CODES.length > 10)
    for (const code of CODES) assert.ok(strings[`notice.${code}.title`] && strings[`notice.${code}.next`], code)
    for (const other of Object.keys(languages)) assert.ok(strings[`language.${other}`], other)
  })
}

test("every text the page and its template ask for is there, and none is left over", () => {
  const files = readdirSync(new URL("static/js/", ROOT), { recursive: true }).filter(file => file.endsWith(".js"))
  const templates = readdirSync(new URL("templates/", ROOT))
  const sources = [
    ...files.map(file => new URL(`static/js/${file}`, ROOT)),
    ...templates.map(file => new URL(`templates/${file}`, ROOT))
  ]
  const source = sources.map(file => readFileSync(file, "utf8")).join("\n")
  const families = /^(notice|language|login|refused|status|call|engine\.part|log\.(up|down)|settings\.granted|talks\.form|transcript\.break|preflight\.\w+\.|profile\.)/
  for (const key of Object.keys(languages.en))
    if (!families.test(key)) assert.ok(source.includes(`"${key}"`), `${key} is not used`)
  for (const [, key] of source.matchAll(/(?:say\(|strings\[)"([\w.]+[\w])"/g))
    assert.ok(key in languages.en, `${key} is missing`)
})

test("the words of a part that is loaded later come to the others", async context => {
  const asked = []
  context.mock.method(globalThis, "fetch", async address => {
    asked.push(String(address).split("/").slice(-2).join("/"))
    return { json: async () => ({ "preflight.title": "Test" }) }
  })
  const words = new Words("ja", { a: "A" })
  await words.more("preflight")
  assert.deepEqual([words.say("a"), words.say("preflight.title"), asked], ["A", "Test", ["i18n/ja.preflight.json"]])
})

test("placeholders are filled, numbers as the language writes them", () => {
  const words = new Words("en", { a: "{count} of {name}" })
  assert.equal(words.say("a", { count: 1234.5, name: "x" }), "1,234.5 of x")
  assert.equal(words.say("unknown"), "unknown")
})
