// A call's events as a file that a browser's network panel can open: an HTTP archive with one WebSocket, whose messages
// they are. What HAR has no word for begins with an underscore, as its specification wants it.

import { told } from "../models/call-log.js"

/** @typedef {import("../wire.js").LogLine} ModelLine */

const UNKNOWN = {
  httpVersion: "HTTP/1.1", cookies: [], headers: [], headersSize: -1, bodySize: -1
}
const COMMENT = "This file holds what was said and written in the call. It holds no sound and no key."

/**
 * @param {import("../models/call-log.js").CallLog} log
 * @param {ModelLine[]} lines those between the server and the model, as far as they came
 * @param {{address: string, version: string}} page
 */
export function archive(log, lines, { address, version }) {
  const [own, line] = [true, false].map(here => log.entries.filter(({ direction }) => (direction === "here") === here))
  return {
    log: {
      version: "1.2", creator: { name: "VoiceApp", version }, comment: COMMENT,
      pages: [{ startedDateTime: began(log), id: "call", title: "VoiceApp", pageTimings: {} }],
      entries: [
        entry(log, new URL("socket.io/", address).href.replace(/^http/, "ws"), line.map(one => ofPage(log, one))),
        ...lines.length ? [entry(log, "ws://server-and-model.invalid/", lines.map(one => ofModel(log, one)))] : []
      ],
      _dropped: log.dropped,
      _page: own.map(({ type, at, content }) => ({ time: when(log, at), type, ...Object(content?.[0]) }))
    }
  }
}

/** @param {import("../models/call-log.js").CallLog} log @param {import("../models/call-log.js").LogEntry} entry */
function ofPage(log, { direction, type, at, end, times, bytes, item, content }) {
  return {
    ...message(direction, when(log, at), told([type, ...content ?? (item ? [{ item }] : [])])),
    _bytes: Math.round(bytes), ...times > 1 ? { _times: times, _until: when(log, end) } : {}
  }
}

/** @param {import("../models/call-log.js").CallLog} log @param {ModelLine} line */
function ofModel(log, { direction, type, at, until, times, bytes, body }) {
  return {
    ...message(direction, when(log, at + log.clock.skew), body), _type: type, _bytes: bytes,
    ...until ? { _times: times ?? 1, _until: when(log, until + log.clock.skew) } : {}
  }
}

/** Unix seconds. @param {import("../models/call-log.js").CallLog} log @param {number} at */
function when({ beganAt }, at) {
  return (beganAt + at) / 1000
}

/**
 * @param {import("../models/call-log.js").CallLog} log
 * @param {ModelLine[]} lines
 * @param {{address: string, version: string}} page
 */
export function archiveFile(log, lines, page) {
  const text = JSON.stringify(archive(log, lines, page), null, 1)
  const name = `voiceapp-${began(log).slice(0, 19).replaceAll(":", "-")}.har`
  return { name, blob: new Blob([text], { type: "application/json" }) }
}

/** @param {import("../models/call-log.js").CallLog} log @param {string} url @param {object[]} messages */
function entry(log, url, messages) {
  const time = Math.round(log.time)
  return {
    pageref: "call", startedDateTime: began(log), time, _resourceType: "websocket", _webSocketMessages: messages,
    request: { method: "GET", url, queryString: [], ...UNKNOWN },
    response: {
      status: 101, statusText: "Switching Protocols", redirectURL: "", content: { size: 0, mimeType: "x-unknown" },
      ...UNKNOWN
    },
    cache: {}, timings: { send: 0, wait: 0, receive: time }
  }
}

/** @param {string} direction @param {number} time unix seconds @param {string} data */
function message(direction, time, data) {
  return { type: direction === "up" ? "send" : "receive", time, opcode: 1, data }
}

/** @param {import("../models/call-log.js").CallLog} log */
function began({ beganAt }) {
  return new Date(beganAt).toISOString()
}
