// Real speech, made by the synthesisers that the tests have anyway: who is not installed here is named in `absent`.

import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Resampler } from "../../../voiceapp/static/js/audio/resampler.js"
import { decibels, floats, power } from "./signal.js"

export const RATE = 16000
const WINDOW = 0.02 * RATE
/** Relative to the loudest 20 ms: what is quieter is a pause. */
const PAUSE_DB = -25

const PROGRAMS = {
  flite: (voice, text, file) => ["-voice", voice, "-t", text, "-o", file],
  "espeak-ng": (voice, text, file) => ["-v", voice, "-w", file, text]
}

/** Of the programs, those that cannot be run. */
export function absent() {
  return Object.keys(PROGRAMS).filter(program => spawnSync(program, ["--version"]).error)
}

/**
 * A sentence at 16 kHz, without silence around it.
 * @param {[string, string]} who program and voice
 * @param {string} text
 * @param {number} levelDb of its sound without its pauses, in dBFS (root mean square)
 */
export function say([program, voice], text, levelDb) {
  const folder = mkdtempSync(join(tmpdir(), "voice-"))
  try {
    const file = join(folder, "said.wav")
    execFileSync(program, PROGRAMS[program](voice, text, file), { stdio: "pipe" })
    return atLevel(trimmed(read(file)), levelDb)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of 16-bit mono WAVs with the usual header, which is all these programs write. */
function read(file) {
  const bytes = readFileSync(file)
  const from = bytes.indexOf("data", 12, "latin1") + 8
  const samples = Int16Array.from({ length: (bytes.length - from) >> 1 }, (_, i) => bytes.readInt16LE(from + 2 * i))
  return resampled(floats(samples), bytes.readUInt32LE(24))
}

function resampled(samples, from) {
  const resampler = new Resampler(from, RATE)
  const out = new Float32Array(Math.ceil(samples.length * RATE / from))
  let count = 0
  for (let at = 0; at < samples.length; at += 1024) {
    resampler.feed(samples.subarray(at, at + 1024))
    count += resampler.read(out, count, out.length - count)
  }
  resampler.finish()
  return out.subarray(0, count + resampler.read(out, count, out.length - count))
}

/** The levels of its windows that are no pause, and where they are. */
function spoken(samples) {
  const windows = []
  for (let at = 0; at + WINDOW <= samples.length; at += WINDOW) windows.push(power(samples.subarray(at, at + WINDOW)))
  const min = Math.max(...windows) * 10 ** (PAUSE_DB / 10)
  return windows.map((level, i) => ({ level, at: i * WINDOW })).filter(({ level }) => level > min)
}

function trimmed(samples) {
  const windows = spoken(samples)
  return samples.slice(windows[0].at, windows.at(-1).at + WINDOW)
}

/** The level of its sound without its pauses, in dBFS. */
export function speechLevel(samples) {
  const windows = spoken(samples)
  return decibels(windows.reduce((sum, { level }) => sum + level, 0) / windows.length)
}

export function atLevel(samples, levelDb) {
  const gain = 10 ** ((levelDb - speechLevel(samples)) / 20)
  return samples.map(sample => sample * gain)
}
