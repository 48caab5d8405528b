import assert from "node:assert/strict"
import { test } from "node:test"
import { PageVersion, versionOf } from "../../../voiceapp/static/js/browser/page-version.js"

test("a page knows its version by its address, and that the server has another by what it says", () => {
  assert.equal(versionOf("https://a.example/app/static/v-0123456789ab/js/browser/edition.js"), "v-0123456789ab")
  assert.equal(versionOf("file:///js/browser/edition.js"), "")
  for (const [own, said, outdated] of [
    ["v-1", "v-1", false], ["v-1", "v-2", true], ["", "v-2", false], ["v-1", undefined, false]
  ]) {
    const pageVersion = new PageVersion(own)
    pageVersion.heard(said)
    assert.equal(pageVersion.outdated, outdated)
    let reloads = 0
    pageVersion.unseen(false, () => reloads++)
    assert.equal(reloads, 0)
    pageVersion.unseen(true, () => reloads++)
    assert.equal(reloads, outdated ? 1 : 0)
  }
})
