// A talk that was kept and goes on with a new call: how it stands above that on the page, and where its parts, pieces
// and times go on.

import { toldOf } from "../models/told-talk.js"
import { breaksBehind, partOf } from "./talk.js"

/** @typedef {import("./talk.js").Talk} Talk */
/** @typedef {import("./talk.js").TalkEntry} TalkEntry */

/** Whether there is anything in it to be told to a session. @param {Pick<Talk, "entries">} talk */
export function canGoOn({ entries }) {
  return toldOf(entries).length > 0
}

/**
 * On the page, call by call.
 * @param {Talk} talk
 * @param {number} [end] so many of its calls
 * @returns {import("../models/transcript.js").KeptTalk}
 */
export function shownPast(talk, end = partsIn(talk)) {
  /** @type {import("../models/past-segment.js").PastEntry[][]} */
  const parts = Array.from({ length: partsIn(talk) }, () => [])
  for (const [i, entry] of talk.entries.entries()) parts[entry.part ?? 0].push(pastEntry(talk, entry, i))
  return { parts: parts.slice(0, end), of: lastBegan(talk), id: talk.id }
}

/**
 * The same talk, of which nothing is changed, as it goes on now.
 * @param {Talk} talk
 * @param {number} now unix milliseconds
 * @returns {Talk}
 */
export function goneOn(talk, now) {
  const { length, sound, sittings = [] } = talk
  const sitting = { at: length, began: now, part: partsIn(talk), piece: piecesIn(sound), used: usageOf(talk) }
  return { ...talk, sittings: [...sittings, sitting] }
}

/** As it was before it was last gone on with; null: it was not. @param {Talk} talk @returns {Talk | null} */
export function asItWas(talk) {
  const sitting = talk.sittings?.at(-1)
  if (!sitting) return null
  const { at: length, part, used } = sitting
  const { sittings = [], ...rest } = talk
  const before = sittings.length > 1 ? { sittings: sittings.slice(0, -1) } : {}
  return { ...rest, ...before, ...used, length, entries: entriesBefore(talk, part), sound: soundBefore(talk, sitting) }
}

/** @param {Talk} talk @param {import("./talk.js").Sitting} sitting */
function soundBefore({ sound }, { part, piece }) {
  const pieces = sound?.pieces.filter(({ n }) => n < piece) ?? []
  if (!sound || pieces.length === 0) return null
  return { pieces, stretches: itemsBefore(sound.stretches, part), heard: itemsBefore(sound.heard, part) }
}

/** @template T @param {Record<string, T>} all by item @param {number} part @returns {Record<string, T>} */
function itemsBefore(all, part) {
  return Object.fromEntries(Object.entries(all).filter(([id]) => partOf(id) < part))
}

/** Without what stands behind them and opens what is gone. @param {Talk} talk @param {number} part */
function entriesBefore({ entries }, part) {
  const before = partsBefore(entries, part)
  return before.map(({ breaks, ...entry }, i) => {
    const kept = i < before.length - 1 ? breaks : breaks?.filter(({ kind }) => kind !== "goes_on")
    return kept?.length ? { ...entry, breaks: kept } : entry
  })
}

/** @param {TalkEntry[]} entries @param {number} part */
export function partsBefore(entries, part) {
  return entries.filter(entry => (entry.part ?? 0) < part)
}

/** When it was last gone on with, in unix milliseconds. @param {Talk} talk */
export function lastBegan(talk) {
  return sittingAt(talk, Infinity).began
}

/** Something was said since it was last gone on with. @param {Talk} talk */
export function hasNews({ entries, sittings = [] }) {
  const from = sittings.at(-1)?.part ?? 0
  return entries.some(({ part = 0 }) => part >= from)
}

/** How much of it has been, in milliseconds. @param {Talk} talk @param {number} now unix milliseconds */
export function lengthAt(talk, now) {
  const { at, began } = sittingAt(talk, Infinity)
  return at + Math.max(0, now - began)
}

/** @param {Talk} talk @returns {import("./talk.js").TalkUsage} */
export function usageOf({ tokens, transcription = null, cost, estimated = false }) {
  return { tokens, transcription, cost, estimated }
}

/** The number of the next. @param {import("./talk.js").TalkSound | null} sound */
export function piecesIn(sound) {
  return 1 + Math.max(-1, ...sound?.pieces.map(({ n }) => n) ?? [])
}

/** How many calls it took. @param {Pick<Talk, "entries">} talk */
export function partsIn({ entries }) {
  return 1 + entries.reduce((last, { part = 0 }) => Math.max(last, part), 0)
}

/** @param {Talk} talk @param {TalkEntry} entry @param {number} i its place in the talk */
function pastEntry(talk, entry, i) {
  const { id, role, kind, text, heard, incomplete = null, failed = false, tool = null } = entry
  const { latency = null, picture = null } = entry
  const breaks = breaksBehind(entry, talk.entries[i + 1])
  return {
    id, role, kind, text, heard, incomplete, failed, tool, latency, picture, breaks, final: true, removed: false,
    at: moment(talk, entry.at)
  }
}

/** When that was, in unix milliseconds. @param {Talk} talk @param {number} at in the talk */
function moment(talk, at) {
  const sitting = sittingAt(talk, at)
  return sitting.began + at - sitting.at
}

/** @param {Talk} talk @param {number} at */
function sittingAt({ began, sittings = [] }, at) {
  return sittings.findLast(sitting => sitting.at <= at) ?? { at: 0, began }
}
