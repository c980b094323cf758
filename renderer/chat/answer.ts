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

/** A link that is being asked, or (tier `cache`) whose earlier answer is given again. */
export interface Asked {
  link: string;
  model: string;
  tier: Tier;
}

/** What is known of an answer only while it is made; the receipt replaces it. */
export interface Live {
  /** The links that are being asked now, the one that was asked first in front; several while one is hedged. */
  asking: readonly Asked[];
  /** Attempts that failed so far, or lost to a faster link. */
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
  asking: [],
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
    const before = entryOf({ ...event.message, text: "" });
    return { message: event.message, live: before.live && event.steps.reduce(entryAfter, before).live };
  }
  const { message, live } = entry;
  if (live === null) return entry;
  switch (event.type) {
    case "attempt_started": {
      const { link, model, tier } = event;
      const retracted = live.retracted && { ...live.retracted, by: live.retracted.by ?? link };
      const asking = [...live.asking, { link, model, tier }];
      return { message, live: { ...live, asking, reasoning: false, retracted } };
    }
    case "delta": {
      if (event.text === undefined || event.text === "") {
        return event.reasoning === undefined ? entry : { message, live: { ...live, reasoning: true } };
      }
      const still = live.reasoning ? { ...live, reasoning: false } : live;
      return { message: { ...message, text: message.text + event.text }, live: still };
    }
    case "attempt_failed": {
      const failed = [...live.failed, event.attempt];
      const asking = live.asking.filter(({ link }) => link !== event.attempt.link);
      return { message, live: { ...live, failed, asking, reasoning: false } };
    }
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
