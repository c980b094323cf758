import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Config } from "../../electron/contract/index.ts";
import { openLog } from "../../electron/hosts/log.ts";
import { answer, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { folderForTest, startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

/** Texts that no program writes by itself: with spaces, quotes, line ends and letters of other scripts in them. */
const secretText = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{12}$/), fc.constantFrom(" ", '"', "\\", "\n", "ü", "密"))
  .map(([word, odd]) => `${word}${odd}${word.toLowerCase()}`);
const keyText = fc.stringMatching(/^[A-Za-z0-9._+/=-]{16,24}$/);

/** What a provider does with a request, quoting all that it was given: the question, and the key. */
const faults = ["whole", "status", "page", "cut", "malformed", "error_event"] as const;

it("never holds a key, a question or an answer, wherever they stand and whatever fails with them", async () => {
  const secrets = fc.record({
    question: secretText,
    system: secretText,
    said: secretText,
    tool: secretText,
    model: keyText,
    key: keyText,
    token: keyText,
    wrongToken: keyText,
    header: keyText,
  });
  let lines = 0;
  await fc.assert(
    fc.asyncProperty(secrets, fc.constantFrom(...faults), fc.boolean(), async (secret, fault, stream) => {
      const text = await logOfRequest(secret, fault, stream);
      lines += text.trim().split("\n").length;
      expect(text).toContain('"event":"request"');
      for (const [where, value] of Object.entries(secret)) {
        for (const part of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) {
          expect(text.includes(part), `${where} of a request that ended with ${fault}`).toBe(false);
        }
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(lines).toBeGreaterThan(24);
});

type Secrets = Record<
  "question" | "system" | "said" | "tool" | "model" | "key" | "token" | "wrongToken" | "header",
  string
>;

/** Sends a request through a whole app whose log tells all that it can, and gives the log. */
async function logOfRequest(
  secret: Secrets,
  fault: (typeof faults)[number],
  stream: boolean,
): Promise<string> {
  const dataDir = folderForTest();
  const env = { HOLDFAST_TOKEN: secret.token, FIRST_KEY: secret.key };
  const config: Config = {
    fallback_chain: [
      { ...linkTo(unruly.url, "first", "openai", "scripted"), api_key_env: "FIRST_KEY" },
      { ...linkTo(unruly.url, "second", "anthropic", "scripted"), api_key_env: "FIRST_KEY" },
    ],
    requirements: [{ check: "contains", text: secret.said }],
    log: { level: "trace" },
    health: { probes: false },
  };
  unruly.script(() => behaviour(secret, fault));
  const log = await openLog({
    file: "serve",
    stderr: false,
    dataDir,
    config: config.log,
    // The process's own variables would hide the keys; here the app alone has to.
    env: {},
    version: "0.0.0",
  });
  const { app, close } = startApp(config, { dataDir, env, log });
  const url = await app.gateway.start(0);
  const post = (body: unknown, token: string) =>
    fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        traceparent: secret.header,
        "x-request-id": secret.header,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }).then((reply) => reply.text());
  const tool = { name: "look_up", description: secret.tool, parameters: { type: "object" } };
  await post(
    {
      model: secret.model,
      stream,
      messages: [
        { role: "system", content: secret.system },
        { role: "user", content: secret.question },
      ],
      tools: [{ type: "function", function: tool }],
      holdfast: { deadline: "10s" },
    },
    secret.token,
  );
  await post({ model: "auto", messages: secret.question }, secret.token);
  await post(`{"messages": "${secret.question}`, secret.token);
  await post({ model: "auto", messages: [{ role: "user", content: secret.question }] }, secret.wrongToken);
  // What a fault in our own code might carry with it.
  app.log.error({ event: "error", note: `it said: Bearer ${secret.key}` }, `Token ${secret.token} leaked.`);
  await close();
  await log[Symbol.asyncDispose]();
  const folder = join(dataDir, "logs");
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}

function behaviour({ question, system, said, key }: Secrets, fault: (typeof faults)[number]) {
  const quoted = JSON.stringify({ error: { message: `${question} ${system} ${said} ${key}`, code: key } });
  const headers = { "content-type": "application/json", "x-request-id": "req-1" };
  switch (fault) {
    case "status":
      return { do: "page" as const, status: 500, headers, body: quoted };
    case "page":
      return { do: "page" as const, status: 200, headers, body: quoted };
    case "whole":
      return answer({ text: said });
    default:
      return answer({ text: `${said} ${question}`, breaks: { by: fault, after: 1 } });
  }
}
