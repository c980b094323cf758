import { Chain, type ChainParts, type ChainRules, type Link, openGate } from "../../electron/chain/index.ts";
import type { ChainEvent, ChatRequest, Config, Finished } from "../../electron/contract/index.ts";
import { demandsOf, JsonSchemas } from "../../electron/quality/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf, ScriptedProvider, type Step } from "../fixtures/scripted-provider.ts";

export const cloud = linkOf({ id: "cloud", priority: 1, price: { input: 1, output: 10 } });
export const backup = linkOf({ id: "backup", tier: "backup", priority: 2 });
export const local = linkOf({ id: "local", tier: "local", level: "reduced", priority: 3 });

export const asking: ChatRequest = { messages: [{ role: "user", content: "Why?" }] };

/** Chains over a scripted provider: one alone, and one whose answers are judged by a config. */
export function setUp(
  scripts: Record<string, Step[][]>,
  config: Pick<Config, "requirements" | "quality"> = {},
  rules: Partial<ChainRules> = {},
  links: readonly Link[] = [cloud, backup, local],
) {
  const clock = new FakeClock();
  const provider = new ScriptedProvider(clock, scripts);
  const endings: Parameters<ChainParts["notices"]>[1][] = [];
  const kept: string[] = [];
  const parts: ChainParts = {
    rules: () => ({
      links,
      strategy: "priority",
      skip: { preset: "always_answer", next: [], stop: [] },
      hedge: { after: "off", with: "next" },
      level: "full",
      recovery: "restart",
      deadlineMs: 120_000,
      offline: { message: "Nothing can answer now.", retryAfterMs: 60_000 },
      ...rules,
    }),
    provider: () => provider,
    gate: openGate,
    random: () => 0.5,
    clock,
    cache: { lookup: async () => null, put: async (_, answer) => void kept.push(answer.text) },
    notices: (_, ending) => {
      endings.push(ending);
      return [];
    },
    onAttempt: () => {},
  };
  const plain = new Chain(parts);
  const tools = { schemas: new JsonSchemas(), ask: plain.run.bind(plain) };
  const chain = new Chain({ ...parts, demands: (request) => demandsOf(request, config, tools) });
  const never = new AbortController().signal;
  const run = (request = asking) => all(chain.run(request, never));
  return { chain, plain, parts, provider, clock, endings, kept, run, never };
}

export async function all(events: AsyncIterable<ChainEvent>): Promise<ChainEvent[]> {
  const seen: ChainEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

export const finishedOf = (events: ChainEvent[]) => events.at(-1) as Finished;

/** The attempts of a run as `link outcome kind`. */
export const attemptsOf = (events: ChainEvent[]) =>
  finishedOf(events).receipt.attempts.map(({ link, outcome, kind }) => [link, outcome, kind].join(" "));
