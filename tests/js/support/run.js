// All of the page's tests in one process, which costs two thirds of one for each file. As there, what the tests of a
// file put on the global object, and the timers they mock, are gone before the next one's.

import { readdirSync } from "node:fs"
import { after, before, describe, mock } from "node:test"

const FOLDER = new URL("../", import.meta.url)
/** A file takes seconds. */
const HANGS_MS = 240_000
/** What a test that hung still waits for holds nobody up; time enough to say what failed. */
const LEAVE_MS = 5000

const files = readdirSync(FOLDER, { recursive: true }).map(String)
  .filter(name => name.endsWith(".test.js") && !name.startsWith("node_modules"))
/** @type {Promise<unknown>[]} */
const loaded = []

for (const file of files.sort()) {
  describe(file, { timeout: HANGS_MS }, () => {
    let found = {}
    before(async () => {
      await Promise.all(loaded)
      found = Object.getOwnPropertyDescriptors(globalThis)
    })
    after(() => {
      mock.reset()
      for (const name of Object.getOwnPropertyNames(globalThis)) if (!(name in found)) delete globalThis[name]
      Object.defineProperties(globalThis, found)
    })
    loaded.push(import(new URL(file, FOLDER).href))
    return loaded.at(-1)
  })
}

after(() => setTimeout(() => process.exit(), LEAVE_MS).unref())
