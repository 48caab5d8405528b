// Finding a talk by its words: each word asked for must be in the title or in what was said, in any case and width.

import { saidIn } from "./talk.js"

/**
 * @param {import("./talk.js").Talk[]} talks
 * @param {string} query
 */
export function search(talks, query) {
  const words = plain(query).split(/\s+/).filter(Boolean)
  return talks.filter(talk => {
    const text = plain([talk.title, ...talk.entries.map(saidIn)].join("\n"))
    return words.every(word => text.includes(word))
  })
}

/** @param {string} text */
function plain(text) {
  return text.normalize("NFKC").toLowerCase()
}
