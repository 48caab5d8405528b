import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { crc32, zip } from "../../../voiceapp/static/js/history/zip.js"

test("a zip holds its members byte for byte", () => {
  const bytes = text => new TextEncoder().encode(text)
  assert.equal(crc32(bytes("123456789")), 0xcbf43926)
  const parts = zip(
    [{ name: "a/b.txt", parts: [bytes("one"), bytes("two")] }, { name: "話.md", parts: [bytes("三")] }],
    new Date(2026, 4, 3, 12, 30, 10)
  )
  const read = "import io, sys, zipfile; z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), [(i.filename, z.read(i).decode(), i.date_time) for i in z.infolist()])"
  const said = execFileSync(
    "python3", ["-c", read],
    { input: Buffer.concat(parts), encoding: "utf8", env: { ...process.env, PYTHONIOENCODING: "utf8" } }
  ).trim()
  assert.equal(said, "None [('a/b.txt', 'onetwo', (2026, 5, 3, 12, 30, 10)), ('話.md', '三', (2026, 5, 3, 12, 30, 10))]")
})
