import { afterAll, beforeAll, expect, it } from "vitest";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

it("counts at /metrics what each link did, which tier answered and what people were told", async () => {
  const { app } = startApp(
    {
      fallback_chain: [
        { ...linkTo(unruly.url, "primary", "openai", "status-503"), breaker: { failure_threshold: 1 } },
        linkTo(unruly.url, "second", "openai", "any"),
      ],
      health: { probes: false },
    },
    { env: { HOLDFAST_TOKEN: "secret" } },
  );
  const { origin } = new URL(await app.gateway.start(0));
  const headers = { authorization: "Bearer secret", "content-type": "application/json" };
  const asked = await fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "How?" }] }),
  });
  expect(asked.status).toBe(200);
  await asked.arrayBuffer();

  expect((await fetch(`${origin}/metrics`)).status).toBe(401);
  const reply = await fetch(`${origin}/metrics`, { headers });
  expect(reply.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect((await reply.text()).split("\n")).toEqual(
    expect.arrayContaining([
      'holdfast_requests_total{requested_tier="cloud",tier="backup"} 1',
      'holdfast_attempts_total{link="primary",outcome="failed",kind="overloaded"} 1',
      'holdfast_attempts_total{link="second",outcome="answered",kind=""} 1',
      'holdfast_notices_total{code="backup_used"} 1',
      'holdfast_first_token_seconds_count{link="second",tier="backup"} 1',
      'holdfast_request_duration_seconds_count{tier="backup"} 1',
      'holdfast_fallbacks_total{tier="backup"} 1',
      'holdfast_fallbacks_total{tier="offline"} 0',
      'holdfast_cache_reports_total{same="no"} 0',
      "holdfast_requests_under_way 0",
      'holdfast_circuit_changes_total{link="primary",state="open"} 1',
      'holdfast_circuit_state{link="primary",state="open"} 1',
      'holdfast_link_up{link="second",tier="backup"} 1',
    ]),
  );
});
