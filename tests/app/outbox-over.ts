import { randomUUID } from "node:crypto";
import { Outbox } from "../../electron/app/outbox.ts";
import type { OutboxChain } from "../../electron/app/outbox-ask.ts";
import {
  type AnswerCache,
  Chain,
  type Clock,
  type Link,
  openGate,
  type Provider,
} from "../../electron/chain/index.ts";
import { type Conversations, type Database, OutboxEntries } from "../../electron/store/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

export const cloud = linkOf({ id: "cloud", priority: 1 });
export const backup = linkOf({ id: "backup", tier: "backup", priority: 2 });
export const local = linkOf({ id: "local", tier: "local", level: "reduced", priority: 3 });

/** A chain of links, over all of them or, as the outbox asks it, over some. */
export function chainOf(
  links: readonly Link[],
  provider: Provider,
  clock: Clock,
  cache: AnswerCache | null = null,
) {
  const over = (some: readonly Link[]) =>
    new Chain({
      rules: () => ({
        links: some,
        strategy: "priority",
        skip: { preset: "always_answer", next: [], stop: [] },
        hedge: { after: "off", with: "next" },
        level: "full",
        recovery: "restart",
        deadlineMs: 120_000,
        offline: { message: "Nothing can answer now.", retryAfterMs: 60_000 },
      }),
      provider: () => provider,
      gate: openGate,
      random: () => 0.5,
      clock,
      cache,
      notices: () => [],
      onAttempt: () => {},
    });
  const outboxChain: OutboxChain = {
    run: (request, signal, may) => over(links.filter(may)).run(request, signal),
  };
  return { whole: over(links), outboxChain };
}

export interface OutboxOver {
  database: Database;
  conversations: Conversations;
  clock: Clock;
  chain: OutboxChain;
  links?: readonly Link[];
  max?: number;
  enabled?: () => boolean;
  isLocalOnly?: (conversation: string) => boolean;
  onError?: (error: unknown) => void;
}

/** An outbox over an open store. */
export function outboxOver({
  database,
  clock,
  max = 100,
  links = [cloud, backup, local],
  ...parts
}: OutboxOver) {
  const entries = new OutboxEntries({ database, clock, newId: randomUUID, max });
  const outbox = new Outbox({
    entries,
    clock,
    enabled: () => true,
    isLocalOnly: () => false,
    chainAsSet: () => ({ links, strategy: "priority" }),
    onError: (error) => {
      throw error;
    },
    ...parts,
  });
  return { entries, outbox };
}
