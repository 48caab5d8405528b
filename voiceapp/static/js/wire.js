// The shapes of docs/wire.md, for the type checker only.

/** @typedef {"listening" | "user" | "thinking" | "assistant"} TurnState */
/** @typedef {"user" | "assistant"} Role */

/**
 * @typedef {object} Ready
 * @property {string} conversation
 * @property {string} profile
 * @property {string} model
 * @property {string} voice
 * @property {number} sample_rate
 * @property {number} chunk_ms
 * @property {number | null} expires_at
 */

/** @typedef {{id: string, role: Role, after: string | null, kind: "audio" | "text"}} Place */
/** @typedef {{item: string, delta?: string, text?: string, final?: boolean, heard?: string, removed?: boolean}} Wording */
/** @typedef {{code: string, message?: string, retry?: boolean, fatal?: boolean, after_s?: number | null, progress?: {part: string, done: number, of: number} | null}} Trouble */
/** @typedef {{direction: "up" | "down", type: string, at: number, bytes: number, summary: string, body?: string}} LogLine */
/** @typedef {{turn: number, total: number, currency: string, dated: string}} Cost */
/** @typedef {{call_s: number | null, idle_s: number | null, left_s: number | null, left_money: number | null}} Limits */
/** @typedef {Record<"input_tokens" | "output_tokens", number> & Record<string, number>} Tokens */

export {}
