import type { Chain, ChainParts, Ending, Link } from "../chain/index.ts";
import type {
  AttemptStarted,
  ChainEvent,
  ChatRequest,
  Finished,
  MirrorConfig,
  Notice,
  Receipt,
} from "../contract/index.ts";
import { type AgreementRule, agreementOf, type Similarity } from "./agreement.ts";
import { together } from "./streams.ts";

export interface MirrorParts extends Pick<ChainParts, "notices" | "cache"> {
  chain: Pick<Chain, "run">;
  /** The chain as it stands, best first. */
  links(): readonly Link[];
  /** How alike two answers are, where words in common are not to decide. */
  similarity?: Similarity;
}

/** One mirrored request: its links, and how their answers are weighed. */
interface Mirrored {
  links: readonly Link[];
  policy: NonNullable<MirrorConfig["policy"]>;
  rule: AgreementRule;
}

/** A link that has answered, or could not. */
interface Reply {
  at: number;
  finished: Finished;
}

/** The answer that is given, and what the others say against it; null where they agree. */
interface Choice {
  reply: Reply;
  disagreement: Ending["disagreement"] | null;
}

type May = (link: Link) => boolean;
const anyLink: May = () => true;

/**
 * Sends the same request to several links at once and compares what they say (seed 003). Gives the same events as a chain does,
 * with one receipt that has the attempts and the cost of all. With fewer than two links that may be asked, and when all of
 * those that were asked fail, the rest of the chain answers as always.
 */
export class Mirror {
  readonly #parts: MirrorParts;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  async *run(
    request: ChatRequest,
    config: MirrorConfig,
    signal: AbortSignal,
    may: May = anyLink,
  ): AsyncGenerator<ChainEvent, void, void> {
    const { chain } = this.#parts;
    const mirrored = this.#planned(request, config, may);
    if (mirrored === null) return yield* chain.run(request, signal, may);

    const { replies, choice, shown } = yield* this.#ask(request, mirrored, signal, may);
    if (choice !== null) return yield* this.#give(request, mirrored, replies, choice, shown);
    if (shown) yield { type: "retracted", link: shown, kind: "truncated" };
    const stopped = replies.find(({ finished }) => finished.failure?.code === "cancelled");
    if (stopped) return yield { ...stopped.finished, receipt: this.#receipt(replies, stopped) };
    yield* this.#fallBack(request, mirrored, replies, signal, may);
  }

  #planned(request: ChatRequest, config: MirrorConfig, may: May): Mirrored | null {
    const all = this.#parts.links();
    const named = config.links?.flatMap((id) => all.filter((link) => link.id === id)) ?? all;
    const links = named
      .filter((link) => may(link) && (!request.local_only || link.tier === "local"))
      .slice(0, config.links?.length ?? 2);
    if (links.length < 2) return null;
    const { policy = "first_agreement", agreement = "exact", threshold = 0.8 } = config;
    const { similarity } = this.#parts;
    return { links, policy, rule: { how: agreement, threshold, ...(similarity && { similarity }) } };
  }

  /** Asks all links; `shown` is the link whose text the listener has seen already. */
  async *#ask(
    request: ChatRequest,
    { links, policy, rule }: Mirrored,
    signal: AbortSignal,
    may: May,
  ): AsyncGenerator<ChainEvent, { replies: Reply[]; choice: Choice | null; shown: string | null }, void> {
    const enough = new AbortController();
    const stop = () => enough.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const one = { ...request, cache: false };
    const streams = links.map(({ id }) =>
      this.#parts.chain.run(one, enough.signal, (link) => link.id === id && may(link)),
    );
    const isLive = policy === "report" && request.hold !== true;
    const replies: Reply[] = [];
    let choice: Choice | null = null;
    let shown: string | null = null;
    try {
      for await (const { at, value: event } of together(streams)) {
        if (event === null) continue;
        if (event.type === "finished") {
          const reply = { at, finished: event };
          if (policy === "first_agreement" && choice === null) {
            choice = await agreeing(reply, replies, rule);
            if (choice) stop();
          }
          replies.push(reply);
        } else if (isLive && at === 0 && isText(event)) {
          shown = event.type === "retracted" ? null : (links[0]?.id ?? null);
          yield event;
        } else if (event.type === "attempt_started" || event.type === "attempt_failed") {
          yield event;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
    return { replies, choice: choice ?? (await chosen(replies, links, policy, rule)), shown };
  }

  async *#give(
    request: ChatRequest,
    { links }: Mirrored,
    replies: readonly Reply[],
    { reply, disagreement }: Choice,
    shown: string | null,
  ): AsyncGenerator<ChainEvent, void, void> {
    const { answer } = reply.finished;
    const draft = this.#receipt(replies, reply);
    const derived = this.#parts.notices(draft, {
      finishReason: answer.finish_reason,
      ...(disagreement && { disagreement }),
    });
    const own = reply.finished.receipt.notices;
    const notices = [
      ...derived,
      ...own.filter(({ code }) => !derived.some((notice) => notice.code === code)),
    ];
    const receipt: Receipt = { ...draft, notices };
    const link = links[reply.at] as Link;
    if (shown !== null && shown !== link.id) yield { type: "retracted", link: shown, kind: "truncated" };
    for (const notice of notices) yield { type: "notice", notice };
    if (shown !== link.id) {
      yield startedBy(link, receipt);
      if (answer.text) yield { type: "delta", text: answer.text };
      for (const [index, call] of answer.tool_calls.entries()) {
        yield { type: "delta", tool_call: { index, ...call } };
      }
    }
    const isSound = disagreement === null && !own.some(isDoubt);
    if (request.cache !== false && isSound) await this.#parts.cache?.put(request, answer, receipt);
    yield { type: "finished", receipt, answer, failure: null };
  }

  /** None of them answered: the rest of the chain, whose receipt tells of them as well. */
  async *#fallBack(
    request: ChatRequest,
    { links }: Mirrored,
    replies: readonly Reply[],
    signal: AbortSignal,
    may: May,
  ): AsyncGenerator<ChainEvent, void, void> {
    const isNew = (link: Link) => !links.some(({ id }) => id === link.id) && may(link);
    for await (const event of this.#parts.chain.run(request, signal, isNew)) {
      if (event.type !== "finished") {
        yield event;
        continue;
      }
      const failed = { at: links.length, finished: event };
      const receipt = this.#receipt([...replies, failed], failed);
      const ending = {
        finishReason: event.answer.finish_reason,
        ...(event.failure && { failure: event.failure }),
      };
      yield { ...event, receipt: { ...receipt, notices: this.#parts.notices(receipt, ending) } };
    }
  }

  /** One receipt for all replies: who was asked for comes from the first link, what it cost from all. */
  #receipt(replies: readonly Reply[], { at, finished: { receipt } }: Reply): Receipt {
    const inOrder = replies.toSorted((a, b) => a.at - b.at);
    const first = inOrder[0]?.finished;
    const costs = inOrder.flatMap(({ finished }) => finished.receipt.cost_usd ?? []);
    const reason = at === 0 || !first?.failure ? receipt.reason : first.receipt.reason;
    return {
      ...receipt,
      requested_tier: first?.receipt.requested_tier ?? receipt.requested_tier,
      reason,
      attempts: inOrder
        .flatMap(({ finished }) => finished.receipt.attempts)
        .toSorted((a, b) => a.started_at.localeCompare(b.started_at)),
      cost_usd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    };
  }
}

const isText = ({ type }: ChainEvent): boolean => type === "delta" || type === "retracted" || type === "seam";
const isDoubt = ({ code }: Notice): boolean =>
  code === "requirements_unmet" || code === "requirements_unchecked";

/** Told once more of the link whose answer is given, so that the last one told of is the one that speaks. */
function startedBy(link: Link, { model, level }: Receipt): AttemptStarted {
  const { id, provider, tier } = link;
  return { type: "attempt_started", link: id, provider, model: model ?? link.model, tier, level };
}

/** The first pair that agrees: of the two the one that stands earlier in the chain. */
async function agreeing(
  reply: Reply,
  earlier: readonly Reply[],
  rule: AgreementRule,
): Promise<Choice | null> {
  if (reply.finished.failure) return null;
  for (const other of earlier) {
    if (other.finished.failure || !(await agree(reply, other, rule)).agree) continue;
    return { reply: other.at < reply.at ? other : reply, disagreement: null };
  }
  return null;
}

const agree = (a: Reply, b: Reply, rule: AgreementRule) =>
  agreementOf(a.finished.answer.text, b.finished.answer.text, rule);

/** What is given when all have ended: what most say under `majority`, else the earliest link's answer. */
async function chosen(
  replies: readonly Reply[],
  links: readonly Link[],
  policy: Mirrored["policy"],
  rule: AgreementRule,
): Promise<Choice | null> {
  const answered = replies
    .filter(({ finished }) => finished.failure === null)
    .toSorted((a, b) => a.at - b.at);
  const [first] = answered;
  if (!first) return null;
  const nameOf = ({ at }: Reply) => links[at]?.id ?? "";
  if (answered.length === 1) return { reply: first, disagreement: { alone: true, others: "" } };

  const voices = await Promise.all(
    answered.map(async (reply) => {
      const others = await Promise.all(
        answered
          .filter((other) => other !== reply)
          .map(async (other) => ({ other, ...(await agree(reply, other, rule)) })),
      );
      return { reply, against: others.filter((one) => !one.agree) };
    }),
  );
  const fewest = voices.toSorted((a, b) => a.against.length - b.against.length)[0];
  const winner = policy === "majority" && fewest ? fewest : voices[0];
  if (!winner) return null;
  const { reply, against } = winner;
  const isMajority = policy === "majority" && (answered.length - against.length) * 2 > answered.length;
  if (against.length === 0 || isMajority) return { reply, disagreement: null };
  const others = against.map(({ other, similarity }) => {
    const alike = rule.how === "similarity" ? ` (similarity ${similarity.toFixed(2)})` : "";
    return `${nameOf(other)}${alike}: “${beginningOf(other.finished.answer.text)}”`;
  });
  return { reply, disagreement: { alone: false, others: others.join(" ") } };
}

/** So much of a differing answer is quoted, characters. */
const longestQuote = 160;

function beginningOf(text: string): string {
  const flat = text.trim().replace(/\s+/g, " ");
  return flat.length <= longestQuote ? flat : `${flat.slice(0, longestQuote)}…`;
}
