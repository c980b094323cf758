import { expect, it } from "vitest";
import { messages, setUp } from "./set-up.ts";

const page = "https://editor.example";
const asks = { origin: page, "access-control-request-method": "POST", authorization: "" };

const allowing = (...allowedOrigins: string[]) =>
  setUp({}, undefined, undefined, undefined, { allowedOrigins }).gateway;
const preflight = (gateway: ReturnType<typeof allowing>, over: Record<string, string> = {}) =>
  gateway.request("/v1/chat/completions", {
    method: "OPTIONS",
    headers: { host: "127.0.0.1:4141", ...asks, ...over },
  });

it("answers a browser's question without a token for pages of an allowed origin", async () => {
  const answer = await preflight(allowing(page), {
    "access-control-request-headers": "authorization,content-type",
    "access-control-request-private-network": "true",
  });
  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "access-control-allow-origin": page,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization,content-type",
    "access-control-allow-private-network": "true",
    vary: "Origin",
  });
});

it("answers no such question for other pages, those of this machine included", async () => {
  for (const [allowed, origin, status] of [
    ["https://another.example", page, 403],
    [page, "http://localhost:3000", 401],
  ] as const) {
    const answer = await preflight(allowing(allowed), { origin });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([status, null]);
  }
});

it("takes no request of an allowed origin without the token, and lets its page read why", async () => {
  const answer = await allowing(page).request("/v1/chat/completions", {
    method: "POST",
    headers: { host: "127.0.0.1:4141", origin: page },
    body: JSON.stringify({ messages }),
  });
  expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, page]);
});

it("lets an allowed page read the receipt's headers", async () => {
  const answer = await allowing(page).request("/v1/health", {
    headers: { host: "127.0.0.1:4141", origin: page, authorization: "Bearer secret" },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-expose-headers")).toContain("x-holdfast-link");
});
