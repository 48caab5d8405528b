import assert from "node:assert/strict"
import { test } from "node:test"
import { crc32, zip } from "../../../voiceapp/static/js/history/zip.js"

test("a zip holds its members byte for byte", async () => {
  const { execFileSync } = await import("node:child_process")
  const { mkdtempSync, writeFileSync } = await import("node:fs")
  const bytes = text => new TextEncoder().encode(text)
  assert.equal(crc32(bytes("123456789")), 0xcbf43926)
  const parts = zip(
    [{ name: "a/b.txt", parts: [bytes("one"), bytes("two")] }, { name: "話.md", parts: [bytes("三")] }],
    new Date(2026, 4, 3, 12, 30, 10)
  )
  const file = `${mkdtempSync("/tmp/voiceapp-zip-")}/talk.zip`
  writeFileSync(file, Buffer.concat(parts))
  const read = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), [(i.filename, z.read(i).decode(), i.date_time) for i in z.infolist()])"
  const said = execFileSync(
    "python3", ["-c", read, file], { encoding: "utf8", env: { ...process.env, PYTHONIOENCODING: "utf8" } }
  ).trim()
  assert.equal(said, "None [('a/b.txt', 'onetwo', (2026, 5, 3, 12, 30, 10)), ('話.md', '三', (2026, 5, 3, 12, 30, 10))]")
})
