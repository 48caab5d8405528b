import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"
import { ROOT, address } from "../../../voiceapp/static/js/browser/addresses.js"

const FOLDER = new URL("../../../voiceapp/static/", import.meta.url)

test("the app lives four steps above this script, and every address with it", () => {
  // In the sources a script has no version above it.
  assert.equal(ROOT.href, new URL("../../../", import.meta.url).href)
  assert.equal(address("socket.io/").href, `${ROOT.href}socket.io/`)
})

test("no script and no style writes an address from the root of the host", () => {
  const files = readdirSync(FOLDER, { recursive: true })
    .filter(file => /\.(js|css)$/.test(file) && !file.startsWith("vendor"))
  assert.ok(files.length > 50)
  for (const file of files) {
    const text = readFileSync(new URL(file, FOLDER), "utf8")
    for (const [found] of text.matchAll(/["'`(]\/[a-z][\w.-]*(?=["'`/?)])|path=\//g)) assert.fail(`${file}: ${found}`)
  }
})
