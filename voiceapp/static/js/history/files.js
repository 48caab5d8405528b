// A talk as a file to be taken away: any of its forms, its sound, or all of it in one.

import { FORMATS, fileName } from "./exports.js"
import { wave } from "./wave.js"
import { zip } from "./zip.js"

/** @typedef {import("./talk.js").Talk} Talk */
/** @typedef {(n: number) => Promise<Int16Array | undefined>} Load */

/** The forms this talk can be had in. @param {Talk} talk */
export function formatsOf({ events, sound }) {
  return ["md", "txt", "json", "srt", "vtt", ...events.length ? ["jsonl"] : [], ...sound ? ["wav"] : [], "zip"]
}

/** Its sound, handed to the browser part by part. @param {Talk} talk @param {Load} load */
export async function sound(talk, load) {
  const blobs = []
  for await (const part of wave(talk, load)) blobs.push(new Blob([part]))
  return new Blob(blobs, { type: "audio/wav" })
}

/**
 * @param {Talk} talk
 * @param {string} form
 * @param {import("./exports.js").Words} words
 * @param {Load} load
 */
export async function fileOf(talk, form, words, load) {
  const name = `${fileName(talk, words)}.${form}`
  if (form === "wav") return { name, blob: await sound(talk, load) }
  if (form === "zip") return { name, blob: await everything(talk, words, load) }
  const { type, write } = FORMATS[form]
  return { name, blob: new Blob([write(talk, words)], { type }) }
}

/** @param {Talk} talk @param {import("./exports.js").Words} words @param {Load} load */
async function everything(talk, words, load) {
  const name = fileName(talk, words)
  const members = formatsOf(talk).filter(form => form in FORMATS).map(form => ({
    name: `${name}/talk.${form}`, parts: [new TextEncoder().encode(FORMATS[form].write(talk, words))]
  }))
  if (talk.sound) members.push({ name: `${name}/talk.wav`, parts: await all(wave(talk, load)) })
  return new Blob(zip(members, new Date(talk.began)), { type: "application/zip" })
}

/** @param {AsyncGenerator<Uint8Array<ArrayBuffer>>} parts */
async function all(parts) {
  const found = []
  for await (const part of parts) found.push(part)
  return found
}
