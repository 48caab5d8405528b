// Made from voiceapp/wire by `python -m voiceapp.wire.schema`. Types only: no page loads this.

declare namespace Wire {
  /** How turns end. */
  type Turn = {
    mode: "server_vad"
    /** how sure the server must be that it is speech (0.5) */
    threshold?: number
    /** sound kept from before the speech began (300) */
    prefix_ms?: number
    /** the silence that ends a turn (500) */
    silence_ms?: number
    /** after so long a silence following an answer the assistant asks whether anybody is there; 0: never; left out: the server's default */
    idle_ms?: number
  } | {
    mode: "semantic_vad"
    eagerness?: "auto" | "low" | "medium" | "high"
  } | {
    mode: "push_to_talk"
  }

  /** Something that was said before. */
  type Said = {
    role: "user" | "assistant"
    text: string
  }

  /** The call is live. */
  type Ready = {
    /** a short id, also in the server's log */
    conversation: string
    /** of all sound, in Hz */
    sample_rate: 24000
    /** how long the page's chunks of sound should be */
    chunk_ms: number
    /** of the page's files, as the server has them now */
    version: string
    persona: string
    profile: string
    model: string
    voice: string
    /** when the session expires, in unix seconds; null: never */
    expires_at: number | null
    /** the same in seconds from now, because a browser's clock may be wrong */
    expires_in_s: number | null
    /** with it a page comes back to this call; null: it cannot */
    token: string | null
    /** how long the call waits for a page whose line was lost */
    grace_s: number
  }

  /** The page is back in its call. Fields as in `ready`. */
  type Resumed = {
    conversation: string
    sample_rate: 24000
    chunk_ms: number
    version: string
    persona: string
    profile: string
    model: string
    voice: string
    expires_at: number | null
    expires_in_s: number | null
    /** in place of the one before */
    token: string
    grace_s: number
    /** `moved`: to another process; seconds may be missing */
    why: "back" | "moved"
    /** number of the last event that was taken from the page */
    taken: number
    /** the events that follow begin with the one after it */
    number: number
    /** what the page holds of the call is void, and is told anew; otherwise just what it missed */
    again: boolean
    /** how many events are gone for good */
    missed: number
    /** with `again`: whose sound follows, and from where */
    heard: (Sounding)[]
  }

  /** An item whose sound follows from a point on: the page counts on from there. */
  type Sounding = {
    item: string
    heard_ms: number
  }

  /** The page cannot come back to its call, or not yet. */
  type NotResumed = {
    /** `resume_refused` or `call_over`: for good; `call_elsewhere`: ask again; `talk_wanted`: ask again with `talk` */
    code: string
    message: string
    /** asking again may help */
    retry: boolean
    /** after so many seconds; null where it may: at once, over another line, since the server closes this one */
    after_s: number | null
  }

  /** Another session has taken over; the call goes on. Fields as in `ready`. */
  type Renewed = {
    /** `configure` asked for it, the last one was about to expire, or it was lost */
    why: "asked" | "expiring" | "lost"
    persona: string
    profile: string
    model: string
    voice: string
    expires_at: number | null
    expires_in_s: number | null
  }

  /** Whose turn it is; `tool`: the person is waiting for a tool. */
  type TurnChanged = {
    state: "assistant" | "listening" | "thinking" | "tool" | "user"
  }

  /** An entry of the transcript; it comes before any text, to keep the order. */
  type ItemPlaced = {
    id: string
    role: "user" | "assistant" | "tool"
    /** the id it follows; null for the first; behind all others where it is not known */
    after: string | null
    kind: "audio" | "text" | "picture"
  }

  /** Text to append. */
  type TextAdded = {
    item: string
    delta: string
  }

  /** The whole text. Nothing is added to it, but a server may send it whole again. */
  type TextFinished = {
    item: string
    text: string
    final: true
    /** the person's words could not be transcribed; `text` is what was, if any */
    failed?: true
  }

  /** The item was cut, and this part of its text was heard; always a prefix of it. */
  type TextHeard = {
    item: string
    heard: string
  }

  /** The service ended the answer early: it was too long or filtered, a noise interrupted it, or something else. */
  type TextIncomplete = {
    item: string
    incomplete: "filter" | "interrupted" | "length" | "other"
  }

  /** The item is gone. */
  type EntryRemoved = {
    item: string
    removed: true
  }

  /** Stop playing this item now; drop what is queued of it and what still arrives. */
  type Flush = {
    item: string
  }

  /** Play nothing more for now and drop nothing; `on` false: go on where it was held, a little before that. */
  type Hold = {
    on: boolean
    /** with `on`: a voice that lasts so long is to be told with `voice` */
    voice_ms?: number
  }

  /** A tool was called. Sent again, whole, whenever something about it changes. `asked`: it waits for `approve`; `declined`: the person said no, or nothing for 60 s. */
  type ToolChanged = {
    /** the id of its `item`, which came before */
    call: string
    /** empty until it is known */
    name: string
    /** JSON, as the model wrote it; its 4,000th character is `…` where it is cut */
    arguments: string
    state: "asked" | "declined" | "done" | "failed" | "running"
    /** cut likewise */
    result?: string
    /** how far it says it is */
    progress?: string
    link?: Link
    /** of each language the better ones first; missing: it has none */
    says?: (Sentence)[]
    /** `false`: the result is for the model alone; missing: for the person, too */
    shows?: boolean
    /** what was the matter; missing where the result says it, if anything */
    fault?: "busy" | "failed" | "missing" | "stopped" | "timed_out"
  }

  /** A link that a tool offers; the page shows it and never follows it by itself. */
  type Link = {
    url: string
    title: string
  }

  /** What a call does; `{city}` stands for the argument `city`, and the sentence is of no use where there is none. */
  type Sentence = {
    /** a BCP 47 tag; empty: any */
    language: string
    text: string
  }

  /** What the call has used so far, whenever that changes; also within a second after `ended`. */
  type Used = {
    /** of the latest answer */
    turn: Usage
    /** of all */
    total: Usage
    /** what transcribing the person's words used */
    transcription: Transcribing | null
    /** part of it is an estimate, which a later event may replace by what the server reports */
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

  /** What transcribing the person's words used: seconds of sound, or tokens (the `usage` of its `completed`). */
  type Transcribing = {
    seconds: number
    input_tokens: number
    input_text_tokens: number
    input_audio_tokens: number
    output_tokens: number
  }

  /** What was used, as money in `currency`; null where there is no price. */
  type Cost = {
    turn: number | null
    /** with `transcription` */
    total: number
    transcription: number | null
    /** the parts that are not fully in these sums, because some of them has no price */
    unpriced: ("talk" | "transcription")[]
    currency: string
    /** the day of the prices; null where the operator set some */
    dated: string | null
  }

  /** An event on the upstream connection, sent while `watch` is on. It never holds sound, a key, or what was said. The latest 2,000 of a call are kept from its beginning, and told first. Of sound and of deltas all that passed between two other events, or within a second, is one. */
  type Log = {
    /** its number in the call; a gap: those are no longer kept */
    n: number
    direction: "down" | "up"
    /** the provider's name for it */
    type: string
    /** milliseconds since the call began */
    at: number
    /** its size */
    bytes: number
    /** its ids and states in a line */
    summary: string
    /** its JSON, with long texts cut; empty where it is not kept */
    body: string
    /** it stands for so many; `bytes` is of all */
    times?: number
    /** likewise: when the last passed, at the latest */
    until?: number
    /** so many milliseconds later it was told */
    late?: number
  }

  /** Something the person should know. */
  type Notice = {
    /** what it is (errors.md) */
    code: string
    /** in plain English; the page prefers its own words for `code` */
    message: string
    /** trying again may help */
    retry: boolean
    /** the call is over, and `ended` follows */
    fatal: boolean
    /** with `engine_starting` only */
    progress?: Progress
    /** with `settings_refused` and `change_refused`: the field that is refused */
    param?: string
  }

  /** How much of the engine is loaded: `part` is being loaded, `done` of `of` parts are ready. */
  type Progress = {
    part: string
    done: number
    of: number
  }

  /** How long an answer took; sent once for each answered turn, when the answer is done. All but `wait_ms` count from the moment the turn was taken: the server said that speech had ended, or the text or the key's release came. */
  type Latency = {
    /** the answer's first item */
    item: string
    /** from the end of the speech until then; 0: text, push to talk; null: unknown */
    wait_ms: number | null
    /** until the response began */
    created_ms: number
    /** until the first sound of `item` came */
    first_byte_ms: number
    /** until the response was done */
    done_ms: number
  }

  /** How long the call and a silence may be, and what is left of them and of the day's budgets. In seconds, or as money in `currency`; null where there is no limit. Sent after `start`; where money is limited, once the session's model is known; before each warning (`call_ending`, `idle_soon`, `budget_low`); when a silence that was warned of is over; and every 10 s where there is a budget. */
  type Limits = {
    call_s: number | null
    call_left_s: number | null
    idle_s: number | null
    /** known from the warning `idle_soon` until somebody speaks; otherwise null */
    idle_left_s: number | null
    left_s: number | null
    budget_s: number | null
    /** what this call was charged */
    used_s: number
    left_money: number | null
    budget_money: number | null
    /** what this call was charged */
    used_money: number
    /** part of that is charged at the highest known prices, as the model's own are unknown */
    presumed: boolean
    currency: string
  }

  /** The person is silent in mid-turn, or speaks on (`paused` false). Only the embedded engine tells. */
  type Pause = {
    paused: boolean
    /** that the turn is over, 0 to 1; null: the server cannot tell */
    sure: number | null
    /** after so much more silence the turn ends; null: unknown */
    ends_in_ms: number | null
  }

  /** The server is being restarted; the socket closes with 1001 now. */
  type GoingAway = {
    /** connect again after so long, to whoever answers then */
    reconnect_in_ms: number
  }

  /** The call is over. The socket stays open for another `start`; our page closes it. */
  type Ended = {
    /** `stopped`, `server_stopping`, or the code of the fatal notice */
    reason: string
  }

  /** The acknowledgement of `start` and `configure`. */
  type Answer = {
    ok: boolean
    error?: Refusal
  }

  /** Why it was refused, as in a `notice`. */
  type Refusal = {
    code: string
    message: string
    retry: boolean
  }

  type Sent = {
    /** Begin a call with what is on offer (below). */
    start: [({
      persona?: string
      profile?: string
      model?: string
      voice?: string
      /** in place of the persona's, if the operator allows */
      instructions?: string
      /** what the person speaks, for the transcription: a BCP 47 tag */
      language?: string
      /** when whoever speaks into an answer interrupts it: `at_once` (the default), or once there are words or 600 ms of voice, until when the page is told to `hold` it */
      barge_in?: "at_once" | "confirmed"
      /** how turns end (below) */
      turn?: Turn
      /** how the server takes noise out, where it can: for a microphone that is `near` (a headset) or `far` (a laptop, a room), or not at all (`near`) */
      noise?: "near" | "far" | "off"
      /** whether the assistant may speak first (true) */
      greet?: boolean
      /** this page's own random id, which a reload changes */
      page?: string
      /** a list of `Said`, oldest first, at most 64,000 bytes of UTF-8: a talk that goes on, of which the session is told */
      talk?: (Said)[]
    })?]
    /** Come back to a call whose line was lost; the first event on a new socket, in place of `start`. */
    resume: [{
      /** of `ready` */
      token: string
      /** number of the last event that came; null: nothing is held, as after a reload */
      got: number | null
      /** this page's own random id, which a reload changes */
      page?: string
      /** a list of `Said`, oldest first, at most 64,000 bytes of UTF-8: a talk that goes on, of which the session is told */
      talk?: (Said)[]
      /** so many of `talk`, the oldest, were said before this call: they are not told anew */
      before?: number
    }]
    /** Up to this number nothing is needed again, not even after a reload: it came, and its sound was heard to the end or flushed. At most once a second. */
    got: [{
      n: number
    }]
    /** What the person typed; it interrupts first. */
    text: [{
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      /** at most 8,000 bytes of UTF-8 */
      text: string
    }]
    /** A part of a picture that the person shows: a JPEG of at most 250,000 bytes, as base64. The next part follows once this one was taken; with the last it stands in the talk. It interrupts nothing, and nothing is answered to it: whoever wants to know of it asks. */
    picture: [{
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      /** the item's id, which the page makes up */
      item: string
      /** which one it is, from 1 */
      part: number
      /** of how many */
      parts: number
      /** at most 32,768 characters */
      data: string
    }]
    /** Stop the assistant. */
    interrupt: [({
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
    })?]
    /** The answer to `flush`, always sent: how much of the item was heard. */
    flushed: [{
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      item: string
      /** milliseconds (below); 0 where nothing was heard */
      heard_ms: number
    }]
    /** How much of an item was heard; sent four times a second while it plays, and once at its end. */
    heard: [{
      item: string
      /** milliseconds (below); 0 where nothing was heard */
      heard_ms: number
    }]
    /** Since `hold` the microphone has heard a voice for `voice_ms`. Once, and not again until the next one. */
    voice: [(Record<string, never>)?]
    /** The push-to-talk key; only with `turn.mode` `push_to_talk`. Down interrupts; up asks for an answer if at least 100 ms of sound came in between. */
    talk: [{
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      down: boolean
    }]
    /** Whether a tool may run that is `asked` about. No answer in 60 s is a no. */
    approve: [{
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      item: string
      yes: boolean
    }]
    /** Whether the assistant may still speak first; also before `ready`. Off where the person speaks already; on again where nothing came of it: then it does, if nobody has said anything. */
    greet: [{
      on: boolean
    }]
    /** Change the call. `barge_in`, `language`, `turn` and `noise` change at once; the other five define a session, so all five are sent together, and another session takes over (below). */
    configure: [({
      /** its number in one sequence with the chunks; each is taken once. Left out: nothing is checked */
      n?: number
      persona?: string
      profile?: string
      model?: string
      voice?: string
      /** in place of the persona's, if the operator allows */
      instructions?: string
      /** what the person speaks, for the transcription: a BCP 47 tag */
      language?: string
      /** when whoever speaks into an answer interrupts it: `at_once` (the default), or once there are words or 600 ms of voice, until when the page is told to `hold` it */
      barge_in?: "at_once" | "confirmed"
      /** how turns end (below) */
      turn?: Turn
      /** how the server takes noise out, where it can: for a microphone that is `near` (a headset) or `far` (a laptop, a room), or not at all (`near`) */
      noise?: "near" | "far" | "off"
    })?]
    /** Whether `log` events are wanted, for this call and later ones; also before `start`. Of a call that is over what is kept is told until the next one begins or the socket closes. */
    watch: [{
      on: boolean
      /** only those with a greater number; left out: all of the call */
      after?: number
    }]
    /** End the call. */
    stop: [(Record<string, never>)?]
    /** A chunk of the microphone's sound. */
    audio: [number, string]
  }

  type Told = {
    /** The call is live. */
    ready: [Ready]
    /** The page is back in its call. Fields as in `ready`. */
    resumed: [Resumed]
    /** The page cannot come back to its call, or not yet. */
    not_resumed: [NotResumed]
    /** Another session has taken over; the call goes on. Fields as in `ready`. */
    renewed: [Renewed]
    /** The number of the last event taken: at least every 500 ms of sound, at once for all else and what came before. */
    ack: [number]
    /** Whose turn it is; `tool`: the person is waiting for a tool. */
    turn: [number, TurnChanged]
    /** An entry of the transcript; it comes before any text, to keep the order. */
    item: [number, ItemPlaced]
    /** Text to append. / The whole text. Nothing is added to it, but a server may send it whole again. / The item was cut, and this part of its text was heard; always a prefix of it. / The service ended the answer early: it was too long or filtered, a noise interrupted it, or something else. / The item is gone. */
    transcript: [number, TextAdded | TextFinished | TextHeard | TextIncomplete | EntryRemoved]
    /** Sound to append to the playback queue, in base64; empty once the item's sound is complete. */
    audio: [number, string, string]
    /** Stop playing this item now; drop what is queued of it and what still arrives. */
    flush: [number, Flush]
    /** Play nothing more for now and drop nothing; `on` false: go on where it was held, a little before that. */
    hold: [number, Hold]
    /** A tool was called. Sent again, whole, whenever something about it changes. `asked`: it waits for `approve`; `declined`: the person said no, or nothing for 60 s. */
    tool: [number, ToolChanged]
    /** What the call has used so far, whenever that changes; also within a second after `ended`. */
    usage: [number, Used]
    /** An event on the upstream connection, sent while `watch` is on. It never holds sound, a key, or what was said. The latest 2,000 of a call are kept from its beginning, and told first. Of sound and of deltas all that passed between two other events, or within a second, is one. */
    log: [Log]
    /** Something the person should know. */
    notice: [Notice]
    /** How long an answer took; sent once for each answered turn, when the answer is done. All but `wait_ms` count from the moment the turn was taken: the server said that speech had ended, or the text or the key's release came. */
    latency: [Latency]
    /** How long the call and a silence may be, and what is left of them and of the day's budgets. In seconds, or as money in `currency`; null where there is no limit. Sent after `start`; where money is limited, once the session's model is known; before each warning (`call_ending`, `idle_soon`, `budget_low`); when a silence that was warned of is over; and every 10 s where there is a budget. */
    limits: [Limits]
    /** The person is silent in mid-turn, or speaks on (`paused` false). Only the embedded engine tells. */
    pause: [Pause]
    /** The server is being restarted; the socket closes with 1001 now. */
    going_away: [GoingAway]
    /** The call is over. The socket stays open for another `start`; our page closes it. */
    ended: [Ended]
  }
}
