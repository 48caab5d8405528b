import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Words } from "../../../voiceapp/static/js/browser/i18n.js"
import { FORMATS, cues, fileName } from "../../../voiceapp/static/js/history/exports.js"
import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"
import { shownAt } from "../../../voiceapp/static/js/history/replay.js"
import { search } from "../../../voiceapp/static/js/history/search.js"
import { saidIn, titleOf } from "../../../voiceapp/static/js/history/talk.js"
import { boundaries } from "../support/scripts.js"
import { ABOUT, entry, record, words } from "../support/kept-talk.js"

test("every text form holds what was heard and no more", async () => {
  const { talk } = await record()
  for (const format of ["md", "txt", "srt", "vtt"]) {
    const text = FORMATS[format].write(talk, words)
    assert.ok(text.includes("Fine. And") || text.includes("Fine."), format)
    assert.ok(!text.includes("there"), format)
  }
  assert.match(
    FORMATS.md.write(talk, words), /# How are you\? Well\?[^]*\*\*Assistant\*\* \(00:00:01\) _cut_[^]*Good \\\*day\\\*/
  )
  assert.equal(FORMATS.txt.write(talk, words), "You: How are you? Well?\nAssistant: Fine. And [cut]\nYou: Good *day*\n")
  const back = JSON.parse(FORMATS.json.write(talk, words))
  assert.deepEqual(
    [back.format, Date.parse(back.began), back.entries[1].heard], ["voiceapp-talk-1", ABOUT.began, "Fine. And"]
  )
})

test("how long an answer took is kept with it", () => {
  const latency = {
    item: "a1", waitMs: 350, modelMs: 210, createdMs: 90, networkMs: 30, playbackMs: 50, firstSoundMs: 640,
    generatedMs: 800, doneMs: 2670
  }
  const talk = new Recorder(ABOUT, () => 0, null).talk(
    [{ ...entry("a1", "assistant", "Fine."), latency }, entry("u2", "user", "Good.")], []
  )
  assert.deepEqual(JSON.parse(FORMATS.json.write(talk, words)).entries[0].latency, latency)
  assert.match(
    FORMATS.md.write(talk, words), /Fine\.\n\n_latency\.first_sound · latency\.wait [^\n]*_\n\n[^\n]*\n\nGood\.\n$/
  )
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
    [200, 742, "How are you?"], [742, 950, "Well?"], [1500, 2433, "Fine."], [2433, 2900, "And"], [
      4000, 6000, "Good *day*"
    ]
  ])
  assert.match(FORMATS.srt.write(talk, words), /^1\n00:00:00,200 --> 00:00:00,742\nYou: How are you\?\n\n2\n/)
  assert.match(FORMATS.vtt.write(talk, words), /^WEBVTT\n\n00:00:00\.200 --> 00:00:00\.742\n<v You>How are you\?\n/)
})

test("events are one JSON each", () => {
  const events = [
    { direction: "up", type: "a", at: 1, bytes: 2, summary: "" },
    { direction: "down", type: "b", at: 3, bytes: 4, summary: "x\ny" }
  ]
  const lines = FORMATS.jsonl.write({ events }, words).trimEnd().split("\n")
  assert.deepEqual(lines.map(line => JSON.parse(line)), events)
})

const CUTS = {
  English: {
    asked: "How are you? Well?", answered: "Fine. And you there?", heard: "Fine. And",
    parts: ["How are you?", "Well?", "Fine.", "And"], unheard: "there"
  },
  Japanese: {
    asked: "お元気ですか？どう？", answered: "元気です。GPTは3月に京都へ行きます。", heard: "元気です。GPTは3月に",
    parts: ["お元気ですか？", "どう？", "元気です。", "GPTは3月に"], unheard: "京都"
  },
  Arabic: {
    asked: "كيف حالك؟ بخير؟", answered: "نعم. أنا بخير يا صديقي.", heard: "نعم. أنا",
    parts: ["كيف حالك؟", "بخير؟", "نعم.", "أنا"], unheard: "صديقي"
  },
  Hindi: {
    asked: "आप कैसे हैं? ठीक?", answered: "ठीक। और आप कहाँ हैं।", heard: "ठीक। और",
    parts: ["आप कैसे हैं?", "ठीक?", "ठीक।", "और"], unheard: "कहाँ"
  }
}

for (const [language, { asked, answered, heard, parts, unheard }] of Object.entries(CUTS)) {
  const talkOf = more => ({ ...ABOUT, events: [], sound: null, length: 3000, tokens: null, cost: null,
    entries: [
      { ...entry("u1", "user", asked), at: 0, end: 1000 },
      { ...entry("a1", "assistant", answered, heard), at: 1000, end: 3000, ...more }
    ] })
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
    assert.deepEqual(
      made.map(({ at }) => at).slice(1).map(Math.round), made.map(({ end }) => end).slice(0, -1).map(Math.round)
    )
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
    const strings = JSON.parse(
      readFileSync(new URL(`../../../voiceapp/static/i18n/${language}.json`, import.meta.url), "utf8")
    )
    const said = new Words(language, strings)
    const talk = new Recorder(ABOUT, () => 0, null).talk([
      { ...entry("u1", "user", ""), failed: true }, { ...entry("a1", "assistant", "Half a"), incomplete: "length" }, {
        ...entry("a2", "assistant", "No"), incomplete: "filter"
      }
    ], [])
    for (const form of ["md", "txt"]) {
      const text = FORMATS[form].write(talk, said)
      for (const key of ["transcript.failed", "transcript.incomplete.length", "transcript.incomplete.filter"])
        assert.ok(text.includes(strings[key]), `${form} ${key}`)
    }
    assert.deepEqual(
      JSON.parse(FORMATS.json.write(talk, said)).entries.map(({ failed, incomplete }) => [failed, incomplete]),
      [[true, undefined], [undefined, "length"], [undefined, "filter"]]
    )
    assert.deepEqual(cues(talk).map(({ text }) => text), ["Half a", "No"])
  })
}

test("a cut in the middle of a character leaves the character out", () => {
  for (const [text, heard, said] of [
    ["がんばって👨‍👩‍👧！", "がんばって👨\u200d", "がんばって"], ["क्षमा", "क", ""], ["نعمً", "نعم", "نع"]
  ])
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
  const talk = {
    ...ABOUT, sound: null, events: [], cost: null, entries: [entry("u", "user", "One\n\n two\tthree", null, "text")]
  }
  assert.equal(titleOf(talk, words), "One two three")
  assert.ok(FORMATS.md.write(talk, words).startsWith("# One two three\n"))
})

test("subtitles are not broken by what is said in them", () => {
  const talk = new Recorder(ABOUT, () => 0, null).talk(
    [entry("u", "user", "a --> b <c> & d\n\n2\n00:00:00.000 --> 00:00:09.000\nNo", null, "text")], []
  )
  const times = FORMATS.vtt.write(talk, words).match(/-->/g)
  assert.equal(times.length, cues(talk).length)
  assert.ok(FORMATS.vtt.write(talk, words).includes("a --&gt; b &lt;c&gt; &amp; d"))
  assert.ok(
    FORMATS.srt.write(talk, words).split("\n\n").filter(Boolean).every(cue => /^\d+\n[\d:,]+ --> [\d:,]+\n/.test(cue))
  )
})

test("a file's name is its day and first words, whatever the language", () => {
  const talk = { ...ABOUT, title: "", entries: [entry("u", "user", "おはよう！ a/b:c")] }
  assert.equal(fileName(talk, words), "2026-05-03-おはよう-a-b-c")
  assert.equal(fileName({ ...talk, entries: [] }, words), "2026-05-03-Talk")
})

for (const [zone, day, hour, offset] of [
  ["America/Los_Angeles", "03", "08:30", "-07:00"], ["Asia/Tokyo", "04", "00:30", "+09:00"],
  ["America/St_Johns", "03", "13:00", "-02:30"], ["Asia/Kolkata", "03", "21:00", "+05:30"]
]) {
  test(`every date in a file is of the person's own time zone (${zone})`, () => {
    const before = process.env.TZ
    process.env.TZ = zone
    try {
      const talk = {
        ...ABOUT, began: Date.UTC(2026, 4, 3, 15, 30), entries: [entry("u", "user", "Hi")], sound: null, events: [],
        cost: null
      }
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
