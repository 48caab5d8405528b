// A zip file whose members are stored as they are: sound does not shrink, and text is small.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n
})
const UTF8_NAME = 0x0800
const VERSION = 20

/** @typedef {{name: string, parts: Uint8Array<ArrayBuffer>[]}} Member */

/**
 * @param {Uint8Array} bytes
 * @param {number} [before] of what came before
 */
export function crc32(bytes, before = 0) {
  let crc = ~before
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8)
  return ~crc >>> 0
}

/**
 * The parts of the file, in order.
 * @param {Member[]} members
 * @param {Date} date
 */
export function zip(members, date) {
  const body = []
  const directory = []
  let at = 0
  for (const { name, parts } of members) {
    const about = {
      name: new TextEncoder().encode(name), size: sum(parts), crc: parts.reduce((crc, part) => crc32(part, crc), 0),
      time: dosTime(date), at
    }
    const head = local(about)
    body.push(head, ...parts)
    directory.push(central(about))
    at += head.length + about.size
  }
  return [...body, ...directory, end(members.length, sum(directory), at)]
}

/** @typedef {{name: Uint8Array, size: number, crc: number, time: number, at: number}} About */

/** @param {About} about */
function local(about) {
  const view = record(30, about.name, 0x04034b50)
  common(view, 4, about)
  return new Uint8Array(view.buffer)
}

/** @param {About} about */
function central(about) {
  const view = record(46, about.name, 0x02014b50)
  view.setUint16(4, VERSION, true)
  common(view, 6, about)
  view.setUint32(42, about.at, true)
  return new Uint8Array(view.buffer)
}

/**
 * @param {number} length
 * @param {Uint8Array} name
 * @param {number} signature
 */
function record(length, name, signature) {
  const bytes = new Uint8Array(length + name.length)
  bytes.set(name, length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, signature, true)
  return view
}

/**
 * The fields that both records have in the same order.
 * @param {DataView} view
 * @param {number} at
 * @param {About} about
 */
function common(view, at, { name, size, crc, time }) {
  view.setUint16(at, VERSION, true)
  view.setUint16(at + 2, UTF8_NAME, true)
  view.setUint32(at + 6, time, true)
  view.setUint32(at + 10, crc, true)
  view.setUint32(at + 14, size, true)
  view.setUint32(at + 18, size, true)
  view.setUint16(at + 22, name.length, true)
}

/**
 * @param {number} count
 * @param {number} size
 * @param {number} at
 */
function end(count, size, at) {
  const view = record(22, new Uint8Array(), 0x06054b50)
  view.setUint16(8, count, true)
  view.setUint16(10, count, true)
  view.setUint32(12, size, true)
  view.setUint32(16, at, true)
  return new Uint8Array(view.buffer)
}

/** @param {Date} date */
function dosTime(date) {
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1)
  return ((day << 16) | time) >>> 0
}

/** @param {Uint8Array[]} parts */
function sum(parts) {
  return parts.reduce((total, { length }) => total + length, 0)
}
