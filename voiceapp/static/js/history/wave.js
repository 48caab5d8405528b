// A talk as one stereo WAV in true time: the person on the left, the assistant on the right, both as they were heard.

import { SAMPLE_RATE, samplesIn } from "../audio/pcm.js"

const WINDOW = 30 * SAMPLE_RATE
const HEADER = 44

/**
 * @typedef {{n: number, side: 0 | 1, frame: number, offset: number, count: number}} Run of a piece's samples, at a
 *   frame of the whole
 */

/**
 * Where each piece is heard; what of an answer was not heard is left out.
 * @param {import("./talk.js").TalkSound} sound
 * @returns {Run[]}
 */
export function runs({ pieces, stretches, heard }) {
  return pieces.flatMap(
    piece => piece.item === null ? [whole(piece)] : answered(piece, stretches[piece.item] ?? [], heard[piece.item] ?? 0)
  )
}

/** @param {import("./talk.js").Piece} piece @returns {Run} */
function whole({ n, at, samples }) {
  return { n, side: 0, frame: samplesIn(at), offset: 0, count: samples }
}

/**
 * @param {import("./talk.js").Piece} piece
 * @param {import("./talk.js").Stretch[]} stretches
 * @param {number} heard
 * @returns {Run[]}
 */
function answered({ n, at, samples }, stretches, heard) {
  const first = samplesIn(at)
  return stretches.map((stretch, i) => {
    const from = Math.max(first, samplesIn(stretch.from))
    const to = Math.min(first + samples, samplesIn(stretches[i + 1]?.from ?? heard))
    return {
      n, side: /** @type {const} */ (1), frame: samplesIn(stretch.at) + from - samplesIn(stretch.from),
      offset: from - first, count: to - from
    }
  }).filter(({ count }) => count > 0)
}

/** @param {Run[]} all @param {number} length milliseconds */
export function framesOf(all, length) {
  return all.reduce((max, { frame, count }) => Math.max(max, frame + count), samplesIn(length))
}

/**
 * The file, part by part: never more of the sound in memory than half a minute.
 * @param {import("./talk.js").Talk} talk
 * @param {(n: number) => Promise<Int16Array | undefined>} load
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
export async function* wave(talk, load) {
  const all = talk.sound ? runs(talk.sound) : []
  const frames = framesOf(all, talk.length)
  yield header(frames)
  for (let from = 0; from < frames; from += WINDOW) yield await mixed(all, from, Math.min(WINDOW, frames - from), load)
}

/**
 * @param {Run[]} all
 * @param {number} from
 * @param {number} frames
 * @param {(n: number) => Promise<Int16Array | undefined>} load
 */
async function mixed(all, from, frames, load) {
  const stereo = new Int16Array(2 * frames)
  for (const run of all) {
    if (run.frame >= from + frames || run.frame + run.count <= from) continue
    const pcm = await load(run.n)
    if (pcm) mix(stereo, run, pcm, from)
  }
  return new Uint8Array(stereo.buffer)
}

/**
 * @param {Int16Array} stereo
 * @param {Run} run
 * @param {Int16Array} pcm
 * @param {number} from the first frame of the window
 */
function mix(stereo, { side, frame, offset, count }, pcm, from) {
  const first = Math.max(0, from - frame)
  const last = Math.min(count, from + stereo.length / 2 - frame, pcm.length - offset)
  for (let i = first; i < last; i++) stereo[2 * (frame + i - from) + side] = pcm[offset + i]
}

/** @param {number} frames */
export function header(frames) {
  const view = new DataView(new ArrayBuffer(HEADER))
  const words = /** @type {[number, string][]} */ ([[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]])
  for (const [at, word] of words) for (let i = 0; i < 4; i++) view.setUint8(at + i, word.charCodeAt(i))
  const bytes = 4 * frames
  for (const [at, value] of [[4, HEADER - 8 + bytes], [16, 16], [24, SAMPLE_RATE], [28, 4 * SAMPLE_RATE], [40, bytes]])
    view.setUint32(at, value, true)
  for (const [at, value] of [[20, 1], [22, 2], [32, 4], [34, 16]]) view.setUint16(at, value, true)
  return new Uint8Array(view.buffer)
}
