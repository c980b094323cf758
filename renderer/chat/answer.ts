import type {
  Attempt,
  FailureKind,
  FollowEvent,
  MessageState,
  Notice,
  Seam,
  StoredMessage,
  Tier,
} from "../../electron/contract/index.ts";

/** What is known of an answer only while it is made; the receipt replaces it. */
export interface Live {
  /** The link that is being asked now; null before the first attempt. */
  asking: { link: string; model: string; tier: Tier } | null;
  /** Attempts that failed so far. */
  failed: readonly Attempt[];
  notices: readonly Notice[];
  /** Where other links went on with the text. */
  seams: readonly Seam[];
  /** Whether the model is reasoning and has not begun to answer. */
  reasoning: boolean;
  /** An answer that broke off: its text, void now, and why. `by` is the link that starts again, once it is known. */
  retracted: { text: string; link: string; kind: FailureKind; by: string | null } | null;
}

/** A message as the page shows it. `live` is null when the message is finished. */
export interface Entry {
  message: StoredMessage;
  live: Live | null;
}

const nothingYet: Live = {
  asking: null,
  failed: [],
  notices: [],
  seams: [],
  reasoning: false,
  retracted: null,
};

/** A stored message as an entry. */
export function entryOf(message: StoredMessage): Entry {
  return { message, live: message.state === "streaming" ? nothingYet : null };
}

function endState(failure: Extract<FollowEvent, { type: "finished" }>["failure"]): MessageState {
  if (failure === null) return "complete";
  return failure.code === "cancelled" ? "stopped" : "failed";
}

/** The entry after one event of its answer. Events after the end change nothing. */
export function entryAfter(entry: Entry, event: FollowEvent): Entry {
  if (event.type === "snapshot") {
    return entryOf(event.message);
  }
  const { message, live } = entry;
  if (live === null) return entry;
  switch (event.type) {
    case "attempt_started": {
      const { link, model, tier } = event;
      const retracted = live.retracted && { ...live.retracted, by: live.retracted.by ?? link };
      return { message, live: { ...live, asking: { link, model, tier }, reasoning: false, retracted } };
    }
    case "delta": {
      if (event.text === undefined || event.text === "") {
        return event.reasoning === undefined ? entry : { message, live: { ...live, reasoning: true } };
      }
      const still = live.reasoning ? { ...live, reasoning: false } : live;
      return { message: { ...message, text: message.text + event.text }, live: still };
    }
    case "attempt_failed":
      return { message, live: { ...live, failed: [...live.failed, event.attempt], reasoning: false } };
    case "retracted": {
      const retracted = { text: message.text, link: event.link, kind: event.kind, by: null };
      return { message: { ...message, text: "" }, live: { ...live, seams: [], retracted } };
    }
    case "seam":
      return { message, live: { ...live, seams: [...live.seams, event.seam] } };
    case "notice":
      return { message, live: { ...live, notices: [...live.notices, event.notice] } };
    case "finished": {
      const state = endState(event.failure);
      // A stopped answer keeps what had arrived, even where the chain gives back no text for it.
      const text = event.answer.text === "" && state === "stopped" ? message.text : event.answer.text;
      return { message: { ...message, text, state, receipt: event.receipt }, live: null };
    }
    default:
      return event satisfies never;
  }
}

/** Joins neighbouring text deltas, so that a frame's worth of events costs one concatenation. */
export function joinDeltas(events: readonly FollowEvent[]): FollowEvent[] {
  const joined: FollowEvent[] = [];
  let run: string[] = [];
  const flush = () => {
    if (run.length > 0) joined.push({ type: "delta", text: run.join("") });
    run = [];
  };
  for (const event of events) {
    if (event.type === "delta" && event.text !== undefined && event.reasoning === undefined) {
      run.push(event.text);
    } else {
      flush();
      joined.push(event);
    }
  }
  flush();
  return joined;
}
