// What the record of a call costs for each event of the line: `node benchmarks/call_log.js`. Compared is a socket that
// calls one handler, as it does anyway, with one that the log listens to as well.

import { CallLog } from "../voiceapp/static/js/models/call-log.js"

const ROUNDS = 400_000
const CHUNK = "A".repeat(2560)

/** What Socket.IO's client does with an event: the listeners of all, then its own. */
class Socket {
  anyListeners = []

  on() {}

  onAny(listener) {
    this.anyListeners.push(listener)
  }

  onAnyOutgoing() {}

  handle = (/** @type {any[]} */ ...data) => { this.last = data[0] }

  emit(args) {
    if (this.anyListeners.length) for (const listener of this.anyListeners.slice()) listener.apply(this, args)
    this.handle.apply(this, args.slice(1))
  }
}

const EVENTS = {
  "a chunk of sound": n => ["audio", n, "a1", CHUNK],
  "a piece of text": n => ["transcript", n, { item: "a1", delta: "word " }],
  "a receipt": n => ["ack", n],
  "a whole text": n => ["transcript", n, { item: `u${n}`, text: "What is the weather like in Kyoto?", final: true }]
}

function nanoseconds(listened, event) {
  const socket = new Socket()
  const log = new CallLog(() => performance.now())
  if (listened) log.listen(socket)
  const events = Array.from({ length: 2000 }, (_, n) => event(n + 1))
  let best = Infinity
  for (let round = 0; round < ROUNDS / 40_000; round++) {
    const began = performance.now()
    for (let n = 0; n < 40_000; n++) socket.emit(events[n % events.length])
    best = Math.min(best, (performance.now() - began) * 1e6 / 40_000)
  }
  return best
}

for (const [name, event] of Object.entries(EVENTS)) {
  const [before, after] = [false, true].map(listened => nanoseconds(listened, event))
  console.log(`${name}: ${before.toFixed(0)} ns before, ${after.toFixed(0)} with the log`)
}
