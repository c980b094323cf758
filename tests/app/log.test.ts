import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../electron/contract/index.ts";
import { refusedUrl, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { keptLog } from "./log-support.ts";
import { startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const linkOf = (id: string, model: string) => linkTo(unruly.url, id, "openai", model);

/** An app whose log is kept, and its gateway. */
async function start(config: Config, env: Record<string, string> = {}) {
  const kept = keptLog();
  const quiet: Config = { health: { probes: false }, cache: { enabled: false } };
  const started = startApp(
    { ...quiet, ...config },
    { env: { HOLDFAST_TOKEN: "token", ...env }, log: kept.log },
  );
  const url = await started.app.gateway.start(0);
  const ask = (text: string, more: object = {}, headers: object = {}, signal: AbortSignal | null = null) =>
    fetch(`${url}/chat/completions`, {
      method: "POST",
      signal,
      headers: { authorization: "Bearer token", "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: text }], ...more }),
    });
  return { ...started, ...kept, ask };
}

describe("the log of the app", () => {
  it("has one line for a request, which receipt, reply and failed attempts share an id with", async () => {
    const { ask, of } = await start({
      fallback_chain: [linkOf("primary", "status-503"), linkOf("second", "any")],
    });
    const reply = await ask("How?");
    const { holdfast } = (await reply.json()) as { holdfast: { request_id: string } };
    expect(of("request")).toEqual([
      expect.objectContaining({
        severity: "info",
        text: "Answered by second (backup).",
        request_id: holdfast.request_id,
        purpose: "answer",
        outcome: "answered",
        requested_tier: "cloud",
        tier: "backup",
        link: "second",
        provider: "openai",
        model: "any",
        answer_level: "full",
        reason: "overloaded",
        attempts: 2,
        notices: ["backup_used"],
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        first_token_ms: expect.any(Number),
        duration_ms: expect.any(Number),
      }),
    ]);
    expect(of("attempt_failed")).toEqual([
      expect.objectContaining({
        severity: "warn",
        request_id: holdfast.request_id,
        link: "primary",
        kind: "overloaded",
        status: 503,
      }),
    ]);
    expect(reply.headers.get("x-request-id")).toBe(holdfast.request_id);
  });

  it("names the same id in a stream's head and in its receipt, and has a line for one that its reader left", async () => {
    const { ask, of } = await start({ fallback_chain: [linkOf("primary", "drip-20")] });
    const whole = await ask("How?", { stream: true });
    expect(await whole.text()).toContain(`"request_id":"${whole.headers.get("x-request-id")}"`);
    const leave = new AbortController();
    const left = await ask("How?", { stream: true }, {}, leave.signal);
    leave.abort();
    await expect.poll(() => of("request").length).toBe(2);
    expect(of("request").at(-1)).toMatchObject({
      severity: "info",
      outcome: expect.stringMatching(/^(cancelled|abandoned)$/),
      request_id: left.headers.get("x-request-id"),
    });
  });

  it("says with an error that nothing could answer, and by whom it was tried", async () => {
    const away = linkTo(await refusedUrl(), "away", "openai", "any");
    const { ask, of } = await start({ fallback_chain: [{ ...away, retry: { max_retries: 0 } }] });
    await ask("How?");
    expect(of("request")).toEqual([
      expect.objectContaining({
        severity: "error",
        outcome: "all_links_failed",
        tier: "offline",
        attempts: 1,
      }),
    ]);
    const [failed] = of("attempt_failed");
    expect(failed).toMatchObject({
      kind: "network",
      message: expect.stringContaining("refused the connection"),
    });
  });

  it("tells each change of a breaker once", async () => {
    const breaker = { failure_threshold: 1, recovery_timeout: "300ms" };
    const { app, ask, of } = await start({
      fallback_chain: [{ ...linkOf("primary", "status-500"), breaker }, linkOf("second", "any")],
    });
    await ask("How?");
    await expect.poll(() => app.status.now.links[0]?.circuit.state).toBe("half_open");
    await ask("And now?");
    await expect.poll(() => of("breaker").length).toBeGreaterThanOrEqual(3);
    expect(of("breaker").slice(0, 3)).toEqual([
      expect.objectContaining({ severity: "warn", link: "primary", from: "closed", to: "open" }),
      expect.objectContaining({ severity: "info", link: "primary", from: "open", to: "half_open" }),
      expect.objectContaining({ severity: "warn", link: "primary", from: "half_open", to: "open" }),
    ]);
  });

  it("warns when the budget is nearly spent, and when it is spent, once each", async () => {
    const paid = { ...linkOf("primary", "any"), price: { input: 0, output: 1_000_000 } };
    const { ask, of, app } = await start({ fallback_chain: [paid], budget: { monthly_usd: 1_000_000 } });
    await ask("How?");
    const { spent_usd } = app.status.now.budget;
    expect(of("budget")).toEqual([]);
    const next = await start({ fallback_chain: [paid], budget: { monthly_usd: spent_usd * 2.3 } });
    await next.ask("How?");
    await next.ask("And how?");
    await next.ask("And now?");
    expect(next.of("budget").map(({ state }) => state)).toEqual(["warning", "reached"]);
  });

  it("has questions and answers only where the config asks for them, and never those that are local-only", async () => {
    const fallback_chain = [{ ...linkOf("own", "any"), tier: "local" as const }];
    const { ask, of, lines } = await start({ fallback_chain, log: { content: true } });
    await ask("An open word?");
    await ask("A closed word?", { holdfast: { local_only: true } });
    expect(of("request")).toHaveLength(2);
    expect(of("request")[0]).toMatchObject({
      question: [{ role: "user", text: "An open word?" }],
      answer: "All is well.",
    });
    expect(JSON.stringify(lines)).not.toContain("A closed word?");
    expect(of("request")[1]).not.toHaveProperty("answer");
  });
});
