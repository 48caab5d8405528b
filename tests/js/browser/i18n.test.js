import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"
import { Words, regional } from "../../../voiceapp/static/js/browser/i18n.js"

const ROOT = new URL("../../../voiceapp/", import.meta.url)
const FOLDER = new URL("static/i18n/", ROOT)
const CODES =
  [...readFileSync(new URL("../docs/errors.md", ROOT), "utf8").matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]) => code)

const languages = Object.fromEntries(
  readdirSync(FOLDER).map(file => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))])
)
const placeholders = text => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
const FORM = /_(zero|one|two|few|many|other)$/
const bases = strings => new Set(Object.keys(strings).map(key => key.replace(FORM, "")))
const ofEnglish = key => languages.en[key] ?? languages.en[`${key}_other`]

for (const [language, strings] of Object.entries(languages)) {
  test(`${language} has the keys and placeholders of English, and no empty text`, () => {
    assert.deepEqual([...bases(strings)].sort(), [...bases(languages.en)].sort())
    for (const [key, text] of Object.entries(strings)) {
      // A language may have none.
      assert.ok(text.trim() || key === "page.gap", key)
      assert.deepEqual(placeholders(text), placeholders(ofEnglish(key.replace(FORM, ""))), key)
    }
  })

  test(`${language} has each form that its rules ask for, where English has two`, () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
    for (const base of [...bases(languages.en)].filter(key => `${key}_other` in languages.en))
      assert.deepEqual(
        Object.keys(strings).filter(key => key.replace(FORM, "") === base).sort(),
        pluralCategories.map(category => `${base}_${category}`).sort(), `${language}: ${base}`
      )
  })

  test(`${language} has words for every notice`, () => {
    assert.ok(CODES.length > 10)
    const words = new Words(language, strings)
    for (const code of CODES) assert.ok(words.has(`notice.${code}.title`) && words.has(`notice.${code}.next`), code)
  })
}

// That nothing on the Japanese page is in another language, tests/browser/test_states.py sees.
test("nothing that other languages have is Japanese", () => {
  const japanese = /[\p{scx=Hira}\p{scx=Kana}\p{sc=Han}]/u
  const { ja, ...others } = languages
  assert.ok(Object.values(ja).some(text => japanese.test(text)))
  for (const [language, strings] of Object.entries(others))
    for (const [key, text] of Object.entries(strings)) assert.doesNotMatch(text, japanese, `${language}: ${key}`)
  for (const file of readdirSync(new URL("templates/", ROOT)))
    assert.doesNotMatch(readFileSync(new URL(`templates/${file}`, ROOT), "utf8"), japanese, file)
})

test("every text the page and its template ask for is there, and none is left over", () => {
  const files = readdirSync(new URL("static/js/", ROOT), { recursive: true }).filter(file => file.endsWith(".js"))
  const templates = readdirSync(new URL("templates/", ROOT))
  const sources = [
    ...files.map(file => new URL(`static/js/${file}`, ROOT)),
    ...templates.map(file => new URL(`templates/${file}`, ROOT))
  ]
  const source = sources.map(file => readFileSync(file, "utf8")).join("\n")
  const families = /^(notice|language|login|refused|status|call|engine\.part|log\.(up|down|page)|timeline|find|search\.words|settings\.granted|talks\.form|transcript\.break|preflight\.\w+\.|profile\.)/
  for (const key of bases(languages.en))
    if (!families.test(key)) assert.ok(source.includes(`"${key}"`), `${key} is not used`)
  for (const [, key] of source.matchAll(/(?:say\(|strings\[)"([\w.]+[\w])"/g))
    assert.ok(ofEnglish(key), `${key} is missing`)
})

test("the words of a part that is loaded later come to the others", async context => {
  const asked = []
  context.mock.method(globalThis, "fetch", async address => {
    asked.push(String(address).split("/").slice(-2).join("/"))
    return { ok: true, json: async () => ({ "preflight.title": "Test" }) }
  })
  const words = new Words("ja", { a: "A" })
  await words.more("preflight")
  assert.deepEqual([words.say("a"), words.say("preflight.title"), asked], ["A", "Test", ["i18n/ja.preflight.json"]])
})

test("what a server says of a part it does not give is not taken for words", async context => {
  const given = { ok: false, status: 503, json: async () => ({ "preflight.title": "Unavailable" }) }
  context.mock.method(globalThis, "fetch", async () => given)
  const words = new Words("en", {})
  await assert.rejects(words.more("preflight"), /503/)
  assert.ok(!words.has("preflight.title"))
})

test("placeholders are filled, numbers as the language writes them", () => {
  const words = new Words("en", { a: "{count} of {name}" })
  assert.equal(words.say("a", { count: 1234.5, name: "x" }), "1,234.5 of x")
  assert.equal(words.say("unknown"), "unknown")
})

test("a number's noun has the form of the language's own rules", () => {
  const said = (language, counts) => {
    const words = new Words(language, languages[language])
    return counts.map(count => words.say("log.count", { count }).replace(/\s/g, " "))
  }
  assert.deepEqual(said("en", [0, 1, 2]), ["0 events", "1 event", "2 events"])
  assert.deepEqual(said("es", [0, 1, 2, 1e6]), ["0 eventos", "1 evento", "2 eventos", "1.000.000 de eventos"])
  assert.deepEqual(said("ja", [1, 2]), ["1件", "2件"])
  const forms = { n_zero: "z", n_one: "o", n_two: "t", n_few: "f", n_many: "m", n_other: "x" }
  const arabic = new Words("ar", forms)
  assert.equal([0, 1, 2, 3, 11, 100].map(count => arabic.say("n", { name: "a", count })).join(""), "zotfmx")
  assert.ok(arabic.has("n") && !arabic.has("m"))
  assert.equal(new Words("fr", { n_other: "x" }).say("n", { count: 1 }), "x")
})

test("in Japanese nothing stands between a number and what it counts, as in the times that the browser writes", () => {
  const apart = Object.entries(languages.ja).filter(([, text]) => /[\d}] \p{Script=Han}|\p{Script=Han} \d/u.test(text))
  assert.deepEqual(apart, [])
})

test("the two words of the button for the text are about as long, so that the buttons beside it stay", () => {
  for (const [language, { "text.show": show, "text.hide": hide }] of Object.entries(languages))
    assert.ok(Math.abs(show.length - hide.length) <= 2, language)
})

test("the page does not say what only those who know the protocol understand", () => {
  const texts = Object.values(languages).flatMap(strings => Object.values(strings))
  assert.deepEqual(texts.filter(text => /deltas?\b|差分/i.test(text)), [])
})

test("no English text puts a number before a noun that has but one form", () => {
  const lone = Object.entries(languages.en).filter(([key, text]) => !FORM.test(key) && /\{(?!date|time)\w+\} [a-z]{3,}s\b/.test(text))
  assert.deepEqual(lone, [])
})

test("dates and numbers are those of the person's own region; with British texts British ones", () => {
  assert.equal(regional("en", ["de-DE", "en-US"]), "en-US")
  assert.equal(regional("en", ["de-DE", "en"]), "en-GB")
  assert.equal(regional("es", ["en-US", "es-MX"]), "es-MX")
  assert.equal(regional("en", ["en-US@posix", "en-x", "en-", "en-IN"]), "en-IN", "no tag of a language")
  assert.equal(regional("ja", ["en-US"]), "ja")
})
