import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinkConfig } from "../../electron/contract/index.ts";
import { answer, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { startApp } from "./support.ts";

const key = "sk-tried-and-not-saved";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const link = (model = "any", id = "tried"): LinkConfig => linkTo(unruly.url, id, "openai", model);
const sentKey = () => unruly.calls.at(-1)?.headers.authorization ?? null;

/** The names of all files of a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => readFileSync(join(folder, name)).includes(text));
}

describe("the test of a link", () => {
  it("asks one short question through that link, saved or not, and gives the attempt", async () => {
    const { app } = startApp(null);
    const { ok, attempt } = await app.tester.test(link());
    expect(ok).toBe(true);
    expect(attempt).toMatchObject({ link: "tried", outcome: "answered", kind: null, status: 200 });
    expect(unruly.calls.at(-1)?.body).toMatchObject({ model: "any", messages: [{ role: "user" }] });
    expect(app.settings.links.map(({ id }) => id)).toEqual(["starter"]);
  });

  it("sends a key that was only typed, and keeps it nowhere", async () => {
    const { app, dataDir, kept } = startApp(null);
    await app.tester.test(link(), key);
    expect(sentKey()).toBe(`Bearer ${key}`);
    expect(kept.size).toBe(0);
    expect((await app.settings.secretsInfo()).present).toEqual({});
    expect(filesWith(dataDir, key)).toEqual([]);

    await app.tester.test(link());
    expect(sentKey()).toBeNull();
  });

  it("prefers the key that was typed to the one that is saved, once", async () => {
    const { app } = startApp({ fallback_chain: [link()] });
    await app.settings.setSecret("tried", "sk-saved");
    await app.tester.test(link(), key);
    expect(sentKey()).toBe(`Bearer ${key}`);
    await app.tester.test(link());
    expect(sentKey()).toBe("Bearer sk-saved");
  });

  it("does not repeat the key when it is rejected, whatever the provider says", async () => {
    unruly.script([
      {
        do: "page",
        status: 401,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }),
      },
    ]);
    const { app } = startApp(null);
    const { ok, attempt } = await app.tester.test(link(), key);
    expect(ok).toBe(false);
    expect(attempt.kind).toBe("auth");
    expect(JSON.stringify(attempt)).not.toContain(key);
  });

  it.each([
    ["status-404", "not_found"],
    ["status-503", "overloaded"],
    ["portal", "network"],
  ])("fails with the reason, and asks no other link: %s", async (model, kind) => {
    const { app } = startApp({ fallback_chain: [link("any", "healthy")] });
    const before = unruly.calls.length;
    const { ok, attempt } = await app.tester.test(link(model));
    expect({ ok, kind: attempt.kind }).toEqual({ ok: false, kind });
    expect(unruly.calls.length).toBe(before + 1);
  });

  it("passes for a model that used up the few tokens before it spoke", async () => {
    unruly.script([answer({ text: "", finish: "length" })]);
    const { app } = startApp(null);
    expect((await app.tester.test(link("scripted"))).ok).toBe(true);
  });

  it("ends when the person leaves", async () => {
    const { app } = startApp(null);
    const leave = new AbortController();
    const testing = app.tester.test(link("drip-500"), undefined, leave.signal);
    const before = unruly.calls.length;
    await expect.poll(() => unruly.calls.length).toBe(before + 1);
    leave.abort();
    expect((await testing).attempt).toMatchObject({ outcome: "cancelled", kind: "cancelled" });
    await unruly.calls.at(-1)?.aborted;
  });
});
