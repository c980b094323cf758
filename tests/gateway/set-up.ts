import { Chain, type HedgeRule, type Link, openGate, systemClock } from "../../electron/chain/index.ts";
import type { Status } from "../../electron/contract/index.ts";
import { createGateway, type GatewayParts } from "../../electron/gateway/index.ts";
import { linkOf, ScriptedProvider, type Step } from "../fixtures/scripted-provider.ts";

export const first = linkOf({ id: "first", priority: 1 });
export const second = linkOf({ id: "second", tier: "backup", priority: 2 });
const local = linkOf({ id: "local", tier: "local", level: "reduced", priority: 3 });

/** A gateway over a chain of scripted links: `first`, `second` (backup) and `local`. */
export function setUp(
  scripts: Record<string, Step[][]>,
  links: Link[] = [first, second, local],
  hedge: HedgeRule = { after: "off", with: "next" },
  noticeText = "Using “backup”.",
  over: Partial<GatewayParts> = {},
) {
  const provider = new ScriptedProvider(systemClock, scripts);
  const chain = new Chain({
    rules: () => ({
      links,
      strategy: "priority",
      skip: { preset: "always_answer", next: [], stop: [] },
      hedge,
      level: "full",
      recovery: "restart",
      deadlineMs: 60_000,
      offline: { message: "Nothing can answer now.", retryAfterMs: 30_000 },
    }),
    provider: () => provider,
    gate: openGate,
    random: Math.random,
    clock: systemClock,
    cache: null,
    notices: ({ tier }) =>
      tier === "backup"
        ? [{ code: "backup_used", severity: "info", text: noticeText, reason: null, action: null }]
        : [],
    onAttempt: () => {},
  });
  const status: Status = {
    level: "full",
    ceiling: "full",
    offline: null,
    budget: {
      spent_usd: 0,
      estimated_usd: 0,
      unpriced_attempts: 0,
      cap_usd: null,
      share: null,
      warning: false,
      reached: false,
      by_link: [],
    },
    outbox: { waiting: 0, ready: 0 },
    links: links.map(({ id, provider: name, model, tier }) => ({
      id,
      provider: name,
      model,
      tier,
      light: id === "first" ? "failing" : "unknown",
      consecutive_failures: id === "first" ? 2 : 0,
      last_failure:
        id === "first" ? { kind: "server", message: "500", at: "2026-01-01T00:00:00.000Z" } : null,
      latency_ms: null,
      checked_at: null,
      circuit: { state: "closed", failure_count: 0, last_failure: null, opens_until: null },
    })),
    engine: {
      state: "stopped",
      model: null,
      device: null,
      restarts: 0,
      vram_bytes: null,
      gpu_unavailable: false,
      set_aside: [],
    },
    config_file: null,
    warnings: [],
    version: "0.0.0",
    drill: null,
  };
  const gateway = createGateway({
    run: (request, signal) => chain.run(request, signal),
    status: () => status,
    now: () => 1_700_000_000_000,
    token: () => "secret",
    links: () => links,
    level: () => status.level,
    setLevel: (level) => {
      status.ceiling = level;
    },
    embed: null,
    metrics: async () => ({ text: "", contentType: "text/plain" }),
    version: "0.0.0",
    maxBody: 2_000,
    maxRequests: 8,
    allowedOrigins: [],
    onError: (error) => {
      throw error;
    },
    ...over,
  });
  const headers = {
    host: "127.0.0.1:4141",
    authorization: "Bearer secret",
    "content-type": "application/json",
  };
  const get = (path: string, over: Record<string, string> = {}) =>
    gateway.request(path, { headers: { ...headers, ...over } });
  const postTo = (path: string, body: object | string, over: Record<string, string> = {}) =>
    gateway.request(path, {
      method: "POST",
      headers: { ...headers, ...over },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const post = (body: object | string, over: Record<string, string> = {}) =>
    postTo("/v1/chat/completions", body, over);
  return { gateway, provider, status, get, post, postTo };
}

export const messages = [{ role: "user", content: "Why?" }];
/** An answer that breaks off behind this text. */
export const cut = (text: string): Step[] => [{ type: "connected" }, { type: "delta", text }];
export const linesOf = async (response: Response) =>
  (await response.text()).split("\n\n").flatMap((line) => (line === "" ? [] : [line.replace(/^data: /, "")]));
