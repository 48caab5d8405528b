// The shapes of docs/wire.md, for the type checker only.

/** @typedef {"listening" | "user" | "thinking" | "assistant" | "tool"} TurnState */
/** @typedef {"user" | "assistant" | "tool"} Role */

/** @typedef {{persona: string, profile: string, model: string, voice: string, expires_at: number | null, expires_in_s?: number | null}} Made what a session is made of */
/** @typedef {Made & {conversation: string, sample_rate: number, chunk_ms: number, version?: string}} Ready */

/** @typedef {{id: string, role: Role, after: string | null, kind: "audio" | "text"}} Place */
/** @typedef {{item: string, delta?: string, text?: string, final?: boolean, heard?: string, removed?: boolean, failed?: boolean, incomplete?: import("./marks.js").Incomplete, tool?: import("./tool.js").Tool}} Wording */
/** @typedef {{code: string, message?: string, retry?: boolean, fatal?: boolean, after_s?: number | null, progress?: {part: string, done: number, of: number} | null, host?: string, origin?: string, param?: string}} Trouble `host` and `origin`: with `wrong_place`, what was compared; `param`: what the speech service refused */
/** @typedef {{direction: "up" | "down", type: string, at: number, bytes: number, summary: string, body?: string}} LogLine */
/**
 * @typedef {{turn: number | null, total: number, transcription: number | null, unpriced: ("talk" | "transcription")[],
 *   currency: string, dated: string | null}} Cost
 */
/** @typedef {{seconds: number, input_tokens: number, output_tokens: number}} Transcribed */
/** @typedef {{turn: Tokens, total: Tokens, transcription: Transcribed | null, estimated: boolean, free: boolean, cost: Cost | null}} Usage */
/** @typedef {{item: string, wait_ms: number | null, created_ms: number, first_byte_ms: number, done_ms: number}} Answered */
/**
 * @typedef {Record<"call_s" | "call_left_s" | "idle_s" | "idle_left_s" | "left_s" | "budget_s" | "left_money" | "budget_money", number | null> &
 *   {used_s: number, used_money: number, presumed: boolean, currency: string}} Limits
 */
/** @typedef {Record<"input_tokens" | "output_tokens", number> & Record<string, number>} Tokens */

export {}
