import "fake-indexeddb/auto"
import { IDBFactory, indexedDB } from "fake-indexeddb"
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../voiceapp/static/js/browser/i18n.js"
import { FORMATS, cues, fileName } from "../../voiceapp/static/js/history/exports.js"
import { Recorder } from "../../voiceapp/static/js/history/recorder.js"
import { shownAt } from "../../voiceapp/static/js/history/replay.js"
import { search } from "../../voiceapp/static/js/history/search.js"
import { saidIn, titleOf } from "../../voiceapp/static/js/history/talk.js"
import { boundaries } from "./support/scripts.js"
import { Store } from "../../voiceapp/static/js/history/store.js"
import { wave } from "../../voiceapp/static/js/history/wave.js"
import { crc32, zip } from "../../voiceapp/static/js/history/zip.js"

const ABOUT = { id: "t1", title: "", marked: false, began: Date.UTC(2026, 4, 3, 12), model: "m", voice: "v" }
const words = { language: "en", say: key => ({ "transcript.you": "You", "transcript.assistant": "Assistant", "transcript.cut": "cut", "talks.unnamed": "Talk" })[key] ?? key }
const entry = (id, role, text, heard = null, kind = "audio") => ({ id, role, kind, text, heard })
const block = (ms, value) => new Int16Array(24 * ms).fill(value)

/** A call by hand: one question, one answer that waits for sound in the middle and is cut, one line that is typed. */
async function record() {
  const clock = { ms: 0 }
  const kept = new Map()
  const recorder = new Recorder(ABOUT, () => clock.ms, ({ n }, pcm) => kept.set(n, pcm))
  const at = (ms, act) => { clock.ms = ms; act(recorder) }
  for (let ms = 40; ms <= 1000; ms += 40) at(ms, r => r.soundSent(block(40, 100)))
  at(200, r => r.turnChanged("user"))
  at(900, r => r.itemPlaced({ id: "u1", role: "user", kind: "audio" }))
  at(950, r => r.turnChanged("thinking"))
  at(1000, r => r.itemPlaced({ id: "a1", role: "assistant", kind: "audio" }))
  at(1000, r => r.soundArrived("a1", block(3000, 200)))
  for (const [ms, heard] of [[1500, 0], [1750, 100], [2000, 500]]) at(ms, r => r.playbackMoved("a1", heard))
  at(2010, r => r.playbackUnderran("a1"))
  for (const [ms, heard] of [[2600, 700], [2900, 1000]]) at(ms, r => r.playbackMoved("a1", heard))
  at(3000, r => r.playbackMoved("a1", 1000))
  at(4000, r => r.itemPlaced({ id: "u2", role: "user", kind: "text" }))
  at(5000, r => r.finish())
  const talk = recorder.talk([entry("u1", "user", "How are you? Well?"), entry("a1", "assistant", "Fine. And you there?", "Fine. And"), entry("u2", "user", "Good *day*", null, "text")], [])
  return { talk, kept }
}

async function stereo({ talk, kept }) {
  const parts = []
  for await (const part of wave(talk, async n => kept.get(n))) parts.push(part)
  const file = Buffer.concat(parts)
  const samples = new Int16Array(file.buffer, file.byteOffset + 44, (file.length - 44) / 2)
  const at = ms => [samples[2 * 24 * ms], samples[2 * 24 * ms + 1]]
  return { file, at }
}

test("an entry stands where it was said and heard", async () => {
  const { talk } = await record()
  assert.deepEqual(talk.entries.map(({ id, at, end }) => [id, at, end]), [["u1", 200, 950], ["a1", 1500, 2900], ["u2", 4000, 4000]])
  assert.equal(talk.length, 5000)
})

test("the WAV has both sides in true time, the wait inside an answer too, and nothing that was not heard", async () => {
  const { file, at } = await stereo(await record())
  assert.equal(file.toString("latin1", 0, 4) + file.toString("latin1", 8, 16) + file.toString("latin1", 36, 40), "RIFFWAVEfmt data")
  assert.deepEqual([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)], [2, 24000, 16])
  assert.equal(file.readUInt32LE(4), file.length - 8)
  assert.equal(file.readUInt32LE(40), 5000 * 24 * 4)
  const heard = { 0: [100, 0], 999: [100, 0], 1001: [0, 0], 1499: [0, 0], 1501: [0, 200], 1999: [0, 200], 2050: [0, 0], 2450: [0, 200], 2899: [0, 200], 2901: [0, 0], 4999: [0, 0] }
  for (const [ms, samples] of Object.entries(heard)) assert.deepEqual(at(Number(ms)), samples, ms)
})

test("a long talk is written in windows that fit without a seam", async () => {
  const kept = new Map()
  const clock = { ms: 0 }
  const recorder = new Recorder(ABOUT, () => clock.ms, ({ n }, pcm) => kept.set(n, pcm))
  for (let i = 1; i <= 1700; i++) {
    clock.ms = 40 * i
    recorder.soundSent(block(40, i))
  }
  recorder.finish()
  assert.ok([...kept.values()].every(pcm => pcm.length <= 24 * 5040))
  const { at } = await stereo({ talk: recorder.talk([], []), kept })
  for (let i = 1; i <= 1700; i++) assert.equal(at(40 * i - 20)[0], i)
})

test("blocks that come late all at once lie where they were spoken, and a pause stays a pause", () => {
  const clock = { ms: 0 }
  const recorder = new Recorder(ABOUT, () => clock.ms, () => {})
  clock.ms = 400
  for (let i = 0; i < 10; i++) recorder.soundSent(block(40, 1))
  clock.ms = 1040
  recorder.soundSent(block(40, 1))
  recorder.finish()
  assert.deepEqual(recorder.talk([], []).sound.pieces.map(({ at, samples }) => [at, samples / 24]), [[0, 400], [1000, 40]])
})

test("an answer is handed on as soon as there is no more of it; what comes all the same lies behind it", () => {
  const kept = []
  const recorder = new Recorder(ABOUT, () => 0, (piece, pcm) => kept.push([piece.item, piece.at, pcm.length / 24]))
  recorder.soundArrived("a1", block(300, 1))
  recorder.soundArrived("a2", block(40, 1))
  recorder.soundCompleted("a1")
  assert.deepEqual(kept, [["a1", 0, 300]])
  recorder.soundArrived("a1", block(60, 1))
  recorder.soundCompleted("a1")
  assert.deepEqual(kept[1], ["a1", 300, 60])
  assert.deepEqual([...recorder.answers.keys()], ["a2"])
})

test("without sound no sound is kept", async () => {
  const recorder = new Recorder(ABOUT, () => 0, null)
  recorder.soundSent(block(40, 1))
  recorder.soundArrived("a", block(40, 1))
  recorder.finish()
  assert.equal(recorder.talk([], []).sound, null)
})

test("every text form holds what was heard and no more", async () => {
  const { talk } = await record()
  for (const format of ["md", "txt", "srt", "vtt"]) {
    const text = FORMATS[format].write(talk, words)
    assert.ok(text.includes("Fine. And") || text.includes("Fine."), format)
    assert.ok(!text.includes("there"), format)
  }
  assert.match(FORMATS.md.write(talk, words), /# How are you\? Well\?[^]*\*\*Assistant\*\* \(00:00:01\) _cut_[^]*Good \\\*day\\\*/)
  assert.equal(FORMATS.txt.write(talk, words), "You: How are you? Well?\nAssistant: Fine. And [cut]\nYou: Good *day*\n")
  const back = JSON.parse(FORMATS.json.write(talk, words))
  assert.deepEqual([back.format, Date.parse(back.began), back.entries[1].heard], ["voiceapp-talk-1", ABOUT.began, "Fine. And"])
})

test("how long an answer took is kept with it", () => {
  const latency = { item: "a1", waitMs: 350, modelMs: 210, createdMs: 90, networkMs: 30, playbackMs: 50, firstSoundMs: 640, generatedMs: 800, doneMs: 2670 }
  const talk = new Recorder(ABOUT, () => 0, null).talk([{ ...entry("a1", "assistant", "Fine."), latency }, entry("u2", "user", "Good.")], [])
  assert.deepEqual(JSON.parse(FORMATS.json.write(talk, words)).entries[0].latency, latency)
  assert.match(FORMATS.md.write(talk, words), /Fine\.\n\n_latency\.first_sound · latency\.wait · [^\n]*_\n\n[^\n]*\n\nGood\.\n$/)
})

test("what a talk cost is exported, and whether it is an estimate", async () => {
  const { talk } = await record()
  const cost = { turn: 0.01, total: 0.25, transcription: 0.05, unpriced: [], currency: "USD", dated: null }
  const transcription = { seconds: 12, input_tokens: 0, output_tokens: 0 }
  const billed = { ...talk, tokens: {}, transcription, cost, estimated: true }
  const say = (key, values) => values?.cost ? `${key}(${values.cost})` : key
  assert.match(FORMATS.md.write(billed, { ...words, say }), / · m · talks\.cost\(meter\.about\(\$0\.25\)\)\n/)
  assert.match(FORMATS.md.write({ ...billed, estimated: undefined }, { ...words, say }), /talks\.cost\(\$0\.25\)/)
  const { cost: told, transcription: heard, estimated } = JSON.parse(FORMATS.json.write(billed, words))
  assert.deepEqual([told, heard, estimated], [cost, transcription, true])
  assert.doesNotMatch(FORMATS.md.write(talk, { ...words, say }), /talks\.cost/)
})

test("captions share an entry's time by sentence, and keep inside of it", async () => {
  const { talk } = await record()
  assert.deepEqual(cues(talk).map(({ at, end, text }) => [Math.round(at), Math.round(end), text]), [
    [200, 742, "How are you?"], [742, 950, "Well?"], [1500, 2433, "Fine."], [2433, 2900, "And"], [4000, 6000, "Good *day*"]
  ])
  assert.match(FORMATS.srt.write(talk, words), /^1\n00:00:00,200 --> 00:00:00,742\nYou: How are you\?\n\n2\n/)
  assert.match(FORMATS.vtt.write(talk, words), /^WEBVTT\n\n00:00:00\.200 --> 00:00:00\.742\n<v You>How are you\?\n/)
})

test("events are one JSON each", () => {
  const events = [{ direction: "up", type: "a", at: 1, bytes: 2, summary: "" }, { direction: "down", type: "b", at: 3, bytes: 4, summary: "x\ny" }]
  const lines = FORMATS.jsonl.write({ events }, words).trimEnd().split("\n")
  assert.deepEqual(lines.map(line => JSON.parse(line)), events)
})

const CUTS = {
  English: { asked: "How are you? Well?", answered: "Fine. And you there?", heard: "Fine. And", parts: ["How are you?", "Well?", "Fine.", "And"], unheard: "there" },
  Japanese: { asked: "お元気ですか？どう？", answered: "元気です。GPTは3月に京都へ行きます。", heard: "元気です。GPTは3月に", parts: ["お元気ですか？", "どう？", "元気です。", "GPTは3月に"], unheard: "京都" },
  Arabic: { asked: "كيف حالك؟ بخير؟", answered: "نعم. أنا بخير يا صديقي.", heard: "نعم. أنا", parts: ["كيف حالك؟", "بخير؟", "نعم.", "أنا"], unheard: "صديقي" },
  Hindi: { asked: "आप कैसे हैं? ठीक?", answered: "ठीक। और आप कहाँ हैं।", heard: "ठीक। और", parts: ["आप कैसे हैं?", "ठीक?", "ठीक।", "और"], unheard: "कहाँ" }
}

for (const [language, { asked, answered, heard, parts, unheard }] of Object.entries(CUTS)) {
  const talkOf = more => ({ ...ABOUT, events: [], sound: null, length: 3000, tokens: null, cost: null,
    entries: [{ ...entry("u1", "user", asked), at: 0, end: 1000 }, { ...entry("a1", "assistant", answered, heard), at: 1000, end: 3000, ...more }] })
  const plain = text => text.replace(/[\u2068\u2069]/g, "")

  test(`in ${language} every text form holds what was heard and no more, and no mark leaves its line`, () => {
    for (const format of ["md", "txt", "srt", "vtt"]) {
      const text = FORMATS[format].write(talkOf(), words)
      for (const part of parts) assert.ok(plain(text).includes(part), `${format}: ${part}`)
      assert.ok(!text.includes(unheard), format)
      assert.equal(text.match(/\u2068/g)?.length, text.match(/\u2069/g)?.length)
    }
    const lines = FORMATS.txt.write(talkOf(), words).split("\n")
    assert.equal(plain(lines[1]), `Assistant: ${heard} [cut]`)
    if (language === "Arabic") assert.equal(lines[1], `Assistant: \u2068${heard}\u2069 [cut]`)
  })

  test(`in ${language} captions share an entry's time by sentence, in order and to its end`, () => {
    const made = cues(talkOf())
    assert.deepEqual(made.map(({ text }) => text), parts)
    assert.deepEqual(made.map(({ at }) => at).slice(1).map(Math.round), made.map(({ end }) => end).slice(0, -1).map(Math.round))
    assert.deepEqual([made[1].end, made[3].end].map(Math.round), [1000, 3000])
  })

  test(`in ${language} a replay shows what has been said, to the word`, () => {
    const shown = ms => shownAt(talkOf({ heard: null }), ms).at(-1).shown
    const halfway = shown(2000)
    assert.ok(halfway > 0.3 * answered.length && halfway < 0.8 * answered.length, answered.slice(0, halfway))
    assert.ok(boundaries(answered).has(halfway))
    assert.equal(shown(3000), answered.length)
  })

  test(`in ${language} a talk is found by a word that was heard, and by none that was not`, () => {
    assert.equal(search([talkOf()], parts[3].slice(0, 3)).length, 1)
    assert.equal(search([talkOf()], unheard).length, 0)
  })
}

for (const language of ["en", "ja"]) {
  test(`in a file (${language}) an answer that was not ended, and what could not be written down, are marked`, () => {
    const strings = JSON.parse(readFileSync(new URL(`../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8"))
    const said = new Words(language, strings)
    const talk = new Recorder(ABOUT, () => 0, null).talk([
      { ...entry("u1", "user", ""), failed: true }, { ...entry("a1", "assistant", "Half a"), incomplete: "length" }, { ...entry("a2", "assistant", "No"), incomplete: "filter" }
    ], [])
    for (const form of ["md", "txt"]) {
      const text = FORMATS[form].write(talk, said)
      for (const key of ["transcript.failed", "transcript.incomplete.length", "transcript.incomplete.filter"]) assert.ok(text.includes(strings[key]), `${form} ${key}`)
    }
    assert.deepEqual(JSON.parse(FORMATS.json.write(talk, said)).entries.map(({ failed, incomplete }) => [failed, incomplete]), [[true, undefined], [undefined, "length"], [undefined, "filter"]])
    assert.deepEqual(cues(talk).map(({ text }) => text), ["Half a", "No"])
  })
}

test("a cut in the middle of a character leaves the character out", () => {
  for (const [text, heard, said] of [["がんばって👨‍👩‍👧！", "がんばって👨\u200d", "がんばって"], ["क्षमा", "क", ""], ["نعمً", "نعم", "نع"]])
    assert.equal(saidIn({ ...entry("a", "assistant", text, heard) }), said)
})

test("a title and a file's name are cut between characters, and keep the marks that belong to their letters", () => {
  const long = "👨‍👩‍👧‍👦".repeat(80)
  const named = text => ({ ...ABOUT, entries: [entry("u", "user", text)] })
  assert.equal(titleOf(named(long), words), `${"👨‍👩‍👧‍👦".repeat(60)}…`)
  assert.equal(fileName(named("नमस्ते दुनिया!"), words), "2026-05-03-नमस्ते-दुनिया")
  assert.equal(fileName(named("مَرْحَبًا، كيف؟"), words), "2026-05-03-مَرْحَبًا-كيف")
  assert.equal(fileName(named("สวัสดีครับ"), words), "2026-05-03-สวัสดีครับ")
  // What joins or parts letters within a word stays; a variation selector goes with its emoji.
  assert.equal(fileName(named("می\u200cخواهم! क\u094d\u200dष"), words), "2026-05-03-می\u200cخواهم-क\u094d\u200dष")
  assert.equal(fileName(named("I ❤️ 🇯🇵 and 👍🏽 cafe\u0301 שָׁלוֹם"), words), "2026-05-03-I-and-cafe\u0301-שָׁלוֹם")
  assert.equal(fileName(named("👨‍👩‍👧‍👦❤️!"), words), "2026-05-03")
  assert.equal(fileName(named("a\u202egpj.exe"), words), "2026-05-03-a-gpj-exe")
  assert.ok(new TextEncoder().encode(fileName(named("क्षमा".repeat(40)), words)).length < 200)
  assert.equal(fileName({ ...named("Hi"), began: new Date(2026, 4, 3, 0, 30).getTime() }, words), "2026-05-03-Hi")
  assert.equal(fileName({ ...named("Hi"), began: new Date(2026, 4, 3, 23, 30).getTime() }, words), "2026-05-03-Hi")
})

test("what was typed in lines is one title, in one line of every file", () => {
  const talk = { ...ABOUT, sound: null, events: [], cost: null, entries: [entry("u", "user", "One\n\n two\tthree", null, "text")] }
  assert.equal(titleOf(talk, words), "One two three")
  assert.ok(FORMATS.md.write(talk, words).startsWith("# One two three\n"))
})

test("subtitles are not broken by what is said in them", () => {
  const talk = new Recorder(ABOUT, () => 0, null).talk([entry("u", "user", "a --> b <c> & d\n\n2\n00:00:00.000 --> 00:00:09.000\nNo", null, "text")], [])
  const times = FORMATS.vtt.write(talk, words).match(/-->/g)
  assert.equal(times.length, cues(talk).length)
  assert.ok(FORMATS.vtt.write(talk, words).includes("a --&gt; b &lt;c&gt; &amp; d"))
  assert.ok(FORMATS.srt.write(talk, words).split("\n\n").filter(Boolean).every(cue => /^\d+\n[\d:,]+ --> [\d:,]+\n/.test(cue)))
})

test("a file's name is its day and first words, whatever the language", () => {
  const talk = { ...ABOUT, title: "", entries: [entry("u", "user", "おはよう！ a/b:c")] }
  assert.equal(fileName(talk, words), "2026-05-03-おはよう-a-b-c")
  assert.equal(fileName({ ...talk, entries: [] }, words), "2026-05-03-Talk")
})

test("a talk has the name of the person's first words, not of the greeting that all begin with; without any, its date", () => {
  const dated = { language: "en", say: (key, values) => key === "talks.unnamed" ? `Talk of ${values.date}` : key }
  const greeting = entry("a", "assistant", "Hello! How can I help?")
  const talk = { ...ABOUT, entries: [greeting, entry("u", "user", ""), entry("v", "user", "A mill, please.")] }
  assert.equal(titleOf(talk, dated), "A mill, please.")
  assert.equal(titleOf({ ...talk, title: "Mine" }, dated), "Mine")
  const silent = { ...talk, entries: [greeting] }
  assert.match(titleOf(silent, dated), /^Talk of .*2026/)
  assert.notEqual(titleOf(silent, dated), titleOf({ ...silent, began: silent.began + 60_000 }, dated))
})

for (const [zone, day, hour, offset] of [["America/Los_Angeles", "03", "08:30", "-07:00"], ["Asia/Tokyo", "04", "00:30", "+09:00"], ["America/St_Johns", "03", "13:00", "-02:30"], ["Asia/Kolkata", "03", "21:00", "+05:30"]]) {
  test(`every date in a file is of the person's own time zone (${zone})`, () => {
    const before = process.env.TZ
    process.env.TZ = zone
    try {
      const talk = { ...ABOUT, began: Date.UTC(2026, 4, 3, 15, 30), entries: [entry("u", "user", "Hi")], sound: null, events: [], cost: null }
      assert.equal(fileName(talk, words), `2026-05-${day}-Hi`)
      const { began } = JSON.parse(FORMATS.json.write(talk, words))
      assert.equal(began, `2026-05-${day}T${hour}:00.000${offset}`)
      assert.equal(Date.parse(began), talk.began)
      assert.ok(FORMATS.md.write(talk, words).includes(`May ${Number(day)}, 2026`))
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })
}

test("a zip holds its members byte for byte", async () => {
  const { execFileSync } = await import("node:child_process")
  const { mkdtempSync, writeFileSync } = await import("node:fs")
  const bytes = text => new TextEncoder().encode(text)
  assert.equal(crc32(bytes("123456789")), 0xcbf43926)
  const parts = zip([{ name: "a/b.txt", parts: [bytes("one"), bytes("two")] }, { name: "話.md", parts: [bytes("三")] }], new Date(2026, 4, 3, 12, 30, 10))
  const file = `${mkdtempSync("/tmp/voiceapp-zip-")}/talk.zip`
  writeFileSync(file, Buffer.concat(parts))
  const read = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), [(i.filename, z.read(i).decode(), i.date_time) for i in z.infolist()])"
  const said = execFileSync("python3", ["-c", read, file], { encoding: "utf8", env: { ...process.env, PYTHONIOENCODING: "utf8" } }).trim()
  assert.equal(said, "None [('a/b.txt', 'onetwo', (2026, 5, 3, 12, 30, 10)), ('話.md', '三', (2026, 5, 3, 12, 30, 10))]")
})

test("a replay shows what has begun, up to the word that is being said", async () => {
  const { talk } = await record()
  const at = ms => shownAt(talk, ms).map(({ entry: { id }, shown }) => [id, shown])
  assert.deepEqual(at(100), [])
  assert.deepEqual(at(200), [["u1", 3]])
  assert.deepEqual(at(1600), [["u1", 18], ["a1", 5]])
  assert.deepEqual(at(9000), [["u1", 18], ["a1", 9], ["u2", 10]])
})

test("a talk is found by all of its words, in any case and width, but not by what was never heard", async () => {
  const { talk } = await record()
  const found = query => search([talk], query).length
  assert.deepEqual(["", "FINE how", "ｆｉｎｅ", "there", "fine nowhere"].map(found), [1, 1, 1, 0, 0])
})

test("talks are kept with their sound, listed latest first, and removed with it", async () => {
  const store = new Store(indexedDB, { storeBlocked() {}, storeFreed() {} })
  const { talk } = await record()
  for (const [id, began] of [["a", 1], ["ab", 3], ["b", 2]]) {
    await store.write({ ...talk, id, began })
    for (const n of [0, 1, 11]) await store.writeSound(id, n, block(1, n))
  }
  assert.deepEqual((await store.all()).map(({ id }) => id), ["ab", "b", "a"])
  await store.remove("a")
  assert.equal(await store.readSound("a", 11), undefined)
  assert.deepEqual(await store.readSound("ab", 11), block(1, 11))
  await store.change("b", { title: "New" })
  await store.change("a", { title: "New" })
  assert.deepEqual((await store.all()).map(({ title }) => title), ["", "New"])
  await store.removeAll()
  assert.deepEqual(await store.all(), [])
  assert.equal(await store.readSound("ab", 0), undefined)
})

test("a list of talks reads no events; a talk has its own, and they go with it", async () => {
  const store = new Store(indexedDB, { storeBlocked() {}, storeFreed() {} })
  const { talk } = await record()
  const events = [{ direction: "up", type: "a", at: 1, bytes: 2, summary: "", body: "{}" }]
  await store.write({ ...talk, events })
  await store.change(talk.id, { marked: true })
  assert.deepEqual((await store.all()).map(one => [one.marked, one.events]), [[true, []]])
  assert.deepEqual((await store.read(talk.id)).events, events)
  await store.remove(talk.id)
  await store.write(talk)
  assert.deepEqual((await store.read(talk.id)).events, [])
  await store.removeAll()
})

test("talks of the first version are still there, with their events", async () => {
  const factory = new IDBFactory()
  const { talk } = await record()
  const events = [{ direction: "up", type: "a", at: 1, bytes: 2, summary: "" }]
  const request = factory.open("voiceapp-talks", 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore("talks", { keyPath: "id" }).put({ ...talk, events })
    request.result.createObjectStore("sounds")
  }
  await new Promise(resolve => { request.onsuccess = resolve })
  request.result.close()
  assert.deepEqual((await new Store(factory, { storeBlocked() {}, storeFreed() {} }).read(talk.id)).events, events)
})
