import assert from "node:assert/strict"
import { test } from "node:test"
import { requestPersistence } from "../../../voiceapp/static/js/browser/persistence.js"

test("the browser is asked to keep what is kept, where it can be", async () => {
  assert.equal(await requestPersistence({ persist: async () => true }), true)
  assert.equal(await requestPersistence({ persist: async () => { throw new Error() } }), false)
  assert.equal(await requestPersistence({}), false)
  assert.equal(await requestPersistence(undefined), false)
})
