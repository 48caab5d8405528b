/** Of a run of node's tests what failed or was said aside, and how many there were: what went well would hide it. */
import { inspect } from "node:util"

const COUNTS = /^(tests|fail|skipped|duration_ms) /

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === "test:fail" && data.details.error.failureType !== "subtestsFailed") {
      yield `\n${data.file}:${data.line}: ${data.name}\n${inspect(data.details.error.cause)}\n`
    } else if (type === "test:diagnostic" && COUNTS.test(data.message)) {
      yield `${data.message}\n`
    } else if (type === "test:stderr") {
      yield data.message
    }
  }
}
