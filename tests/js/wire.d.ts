// Made from voiceapp/wire by `python -m voiceapp.wire.schema`. Types only: no page loads this.

declare namespace Wire {
  /** How turns end. */
  type Turn = {
    mode: "server_vad"
    /** how loud speech must be (0.5) */
    threshold?: number
    /** sound that is kept from before its beginning (300) */
    prefix_ms?: number
    /** the silence that ends a turn (500) */
    silence_ms?: number
    /** after so long a silence behind an answer the assistant asks whether anybody is there; 0: it does not; left out: as the server has it */
    idle_ms?: number
  } | {
    mode: "semantic_vad"
    eagerness?: "auto" | "low" | "medium" | "high"
  } | {
    mode: "push_to_talk"
  }

  /** The call is live. */
  type Ready = {
    /** a short id, also in the server's log */
    conversation: string
    /** of all sound, in Hz */
    sample_rate: 24000
    /** how long a chunk of the page's sound is to be */
    chunk_ms: number
    /** of the page's files, as the server has them now */
    version: string
    persona: string
    profile: string
    model: string
    voice: string
    /** when the session expires, in unix seconds; null: never */
    expires_at: number | null
    /** seconds until then by the server's clock, for a browser's may be wrong; null: never */
    expires_in_s: number | null
  }

  /** Another session has taken over, as `configure` asked; the call goes on. */
  type Renewed = {
    persona: string
    profile: string
    model: string
    voice: string
    /** when the session expires, in unix seconds; null: never */
    expires_at: number | null
    /** seconds until then by the server's clock, for a browser's may be wrong; null: never */
    expires_in_s: number | null
  }

  /** Whose turn it is. `tool`: one is at work, and the person waits for it. */
  type TurnChanged = {
    state: "assistant" | "listening" | "thinking" | "tool" | "user"
  }

  /** A place in the transcript, held before any text exists. */
  type ItemPlaced = {
    /** an item's id */
    id: string
    role: "user" | "assistant" | "tool"
    /** the id it follows; null for the first */
    after: string | null
    kind: "audio" | "text"
  }

  /** Text to append. */
  type TextAdded = {
    /** an item's id */
    item: string
    delta: string
  }

  /** The whole text. No more is added, but a server may yet say all of it anew. */
  type TextFinished = {
    /** an item's id */
    item: string
    text: string
    final: true
    /** what the person said could not be written down; `text` is what came of it, mostly nothing */
    failed?: true
  }

  /** The item was cut. */
  type TextHeard = {
    /** an item's id */
    item: string
    /** the part of the text that was heard, always a prefix of it */
    heard: string
  }

  /** The service ended the answer before its end. */
  type TextIncomplete = {
    /** an item's id */
    item: string
    /** it grew too long, a filter held the rest back, or other */
    incomplete: "filter" | "length" | "other"
  }

  /** The item is gone. */
  type EntryRemoved = {
    /** an item's id */
    item: string
    removed: true
  }

  /** Stop playing this item now, drop what is queued of it and what still comes. */
  type Flush = {
    /** an item's id */
    item: string
  }

  /** A tool was called. Sent anew whenever something of it changes, always whole. */
  type ToolChanged = {
    /** the id of its `item`, which came before */
    call: string
    /** empty as long as it is not known */
    name: string
    /** JSON, as the model wrote it; it ends with `…` where more is left out */
    arguments: string
    state: "done" | "failed" | "running"
    /** likewise */
    result?: string
  }

  /** What the call has used so far, whenever that changes; also after `ended`, within a second. */
  type Used = {
    /** of the latest answer */
    turn: Usage
    /** of all */
    total: Usage
    /** what writing down the person's words used */
    transcription: Transcribing | null
    /** in part, for it was not told; a later event may hold what was told in its place */
    estimated: boolean
    /** it costs nothing */
    free: boolean
    /** null where nothing has a price */
    cost: Cost | null
  }

  /** Tokens of one response, or a sum of them (protocol: `response.usage`). The kinds of `cached_tokens` are 0 where the server does not tell them. */
  type Usage = {
    input_tokens: number
    output_tokens: number
    input_text_tokens: number
    input_audio_tokens: number
    input_image_tokens: number
    cached_tokens: number
    cached_text_tokens: number
    cached_audio_tokens: number
    cached_image_tokens: number
    output_text_tokens: number
    output_audio_tokens: number
  }

  /** What writing down the person's words used: seconds of sound, or tokens (the `usage` of its `completed`). */
  type Transcribing = {
    seconds: number
    input_tokens: number
    input_text_tokens: number
    input_audio_tokens: number
    output_tokens: number
  }

  /** What was used, in money. */
  type Cost = {
    /** in `currency`; null: it has no price */
    turn: number | null
    /** holds `transcription` */
    total: number
    /** in `currency`; null: it has no price */
    transcription: number | null
    /** the parts of which some has no price and is not in the sums */
    unpriced: ("talk" | "transcription")[]
    currency: string
    /** the day the prices are of; null where the operator set some */
    dated: string | null
  }

  /** An event on the upstream connection, only while watched. Never audio, never a key, never what was said. */
  type Log = {
    direction: "down" | "up"
    /** the provider's name for it */
    type: string
    /** milliseconds since the call began */
    at: number
    /** its size */
    bytes: number
    /** its ids and states in a line */
    summary: string
    /** its JSON, with long texts cut */
    body: string
  }

  /** Something the person should know. */
  type Notice = {
    /** what it is (errors.md) */
    code: string
    /** in plain English; the page prefers its own words for `code` */
    message: string
    /** to try again can help without changing anything */
    retry: boolean
    /** the call is over, and `ended` follows */
    fatal: boolean
    /** with `engine_starting` only */
    progress?: Progress
    /** with `settings_refused` and `change_refused`: the field that the server refused */
    param?: string
  }

  /** What is loaded of the engine. */
  type Progress = {
    part: string
    /** so many parts */
    done: number
    /** of so many */
    of: number
  }

  /** How long an answer took: once for each answered turn, when the answer is done. Times from the turn's taking. */
  type Latency = {
    /** the answer's first */
    item: string
    /** before it, from the end of the speech; 0 for text and key; null where nobody can tell */
    wait_ms: number | null
    /** until the response began */
    created_ms: number
    /** until the first of its sound was there */
    first_byte_ms: number
    /** until it was done */
    done_ms: number
  }

  /** How long the call and a silence may be, and what is left of that and of the day's budgets. */
  type Limits = {
    /** seconds; null: no limit */
    call_s: number | null
    /** seconds; null: no limit */
    call_left_s: number | null
    /** seconds; null: no limit */
    idle_s: number | null
    /** once `idle_soon` was said and until somebody speaks; else null */
    idle_left_s: number | null
    /** seconds; null: no limit */
    left_s: number | null
    /** seconds; null: no limit */
    budget_s: number | null
    /** seconds that this call was charged */
    used_s: number
    /** in `currency`; null: no limit */
    left_money: number | null
    /** in `currency`; null: no limit */
    budget_money: number | null
    /** what this call was charged */
    used_money: number
    /** in part at the dearest known prices, for want of a model's own */
    presumed: boolean
    currency: string
  }

  /** The server is being restarted; the socket closes with 1001 now. */
  type GoingAway = {
    /** connect again after so long, to whoever answers then */
    reconnect_in_ms: number
  }

  /** The call is over. The socket stays for another `start`; the page lets it go. */
  type Ended = {
    /** `stopped`, `server_stopping`, or the code of the fatal notice */
    reason: string
  }

  /** The acknowledgement of `start` and `configure`. */
  type Answer = {
    ok: boolean
    /** where it is not */
    error?: Refusal
  }

  /** Why nothing comes of it, as in a `notice`. */
  type Refusal = {
    code: string
    message: string
    retry: boolean
  }

  type Sent = {
    /** Begin a call, with what is on offer (below). */
    start: [({
      persona?: string
      profile?: string
      model?: string
      voice?: string
      /** in place of the persona's; refused unless allowed */
      instructions?: string
      /** the person's, a BCP 47 tag for the transcription */
      language?: string
      /** how turns end (below) */
      turn?: Turn
      /** whether the assistant may speak first (true) */
      greet?: boolean
    })?]
    /** What the person typed. It interrupts first. */
    text: [{
      /** at most 8,000 bytes of UTF-8 */
      text: string
    }]
    /** Stop speaking. */
    interrupt: [(Record<string, never>)?]
    /** The answer to `flush`; always sent. */
    flushed: [{
      item: string
      /** what was heard of it; 0: nothing */
      heard_ms: number
    }]
    /** How much of an item was heard: a few times a second while it plays, and at its end, then all of it. */
    heard: [{
      item: string
      /** what was heard of it; 0: nothing */
      heard_ms: number
    }]
    /** The push-to-talk key, only with `turn.mode` `push_to_talk`. Down interrupts; up asks for an answer, where at least 100 ms of sound came in between. */
    talk: [{
      down: boolean
    }]
    /** Change the call. `language` and `turn` change at once. The other five make a session, so all of them are given together, and another session takes over (below). */
    configure: [({
      persona?: string
      profile?: string
      model?: string
      voice?: string
      /** in place of the persona's; refused unless allowed */
      instructions?: string
      /** the person's, a BCP 47 tag for the transcription */
      language?: string
      /** how turns end (below) */
      turn?: Turn
    })?]
    /** Whether the event log is wanted, of this call and those to come; also before `start`. */
    watch: [{
      on: boolean
    }]
    /** End the call. */
    stop: [(Record<string, never>)?]
    /** Sound of the microphone, in chunks without a hole. */
    audio: [number, string]
  }

  type Told = {
    /** The call is live. */
    ready: [Ready]
    /** Another session has taken over, as `configure` asked; the call goes on. */
    renewed: [Renewed]
    /** Chunks were taken; at least every 200 ms of sound. */
    ack: [number]
    /** Whose turn it is. `tool`: one is at work, and the person waits for it. */
    turn: [number, TurnChanged]
    /** A place in the transcript, held before any text exists. */
    item: [number, ItemPlaced]
    /** Text to append. / The whole text. No more is added, but a server may yet say all of it anew. / The item was cut. / The service ended the answer before its end. / The item is gone. */
    transcript: [number, TextAdded | TextFinished | TextHeard | TextIncomplete | EntryRemoved]
    /** Sound to append to the playback queue. */
    audio: [number, string, string]
    /** Stop playing this item now, drop what is queued of it and what still comes. */
    flush: [number, Flush]
    /** A tool was called. Sent anew whenever something of it changes, always whole. */
    tool: [number, ToolChanged]
    /** What the call has used so far, whenever that changes; also after `ended`, within a second. */
    usage: [number, Used]
    /** An event on the upstream connection, only while watched. Never audio, never a key, never what was said. */
    log: [Log]
    /** Something the person should know. */
    notice: [Notice]
    /** How long an answer took: once for each answered turn, when the answer is done. Times from the turn's taking. */
    latency: [Latency]
    /** How long the call and a silence may be, and what is left of that and of the day's budgets. */
    limits: [Limits]
    /** The server is being restarted; the socket closes with 1001 now. */
    going_away: [GoingAway]
    /** The call is over. The socket stays for another `start`; the page lets it go. */
    ended: [Ended]
  }
}
