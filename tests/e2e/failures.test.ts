import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FailureKind } from "../../electron/contract/index.ts";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { refusedUrl, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { type Format, linkTo, localLink } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { type ApiClient, connect } from "./support/client.ts";
import { type Host, startHost } from "./support/host.ts";
import {
  askAnew,
  badge,
  ended,
  launchBrowser,
  notices,
  question,
  type Visit,
  visit,
} from "./support/page.ts";

/** One way in which the first link fails, and what the person sees of it. */
interface Failing {
  how: string;
  format: Format;
  /** What the unruly server is asked for; null: nothing listens there. */
  model: string | null;
  kind: FailureKind;
  /** What has to be mended or known beside the badge, one for each notice after that of the tier. */
  told: RegExp[];
  /** Default: the other format's cloud link. */
  next?: "local";
  /** What the first link had said, where the next one goes on behind it instead of starting again. */
  begun?: string;
}

const keyNotice = /^primary did not accept its API key/;
const modelNotice = /^primary does not have the model/;
const restarted = /^primary broke off in the middle; this answer is \S+ from the start\./;
const continued = /^primary broke off in the middle; local went on from there\./;

const failing: Failing[] = [
  { how: "401", format: "openai", model: "status-401", kind: "auth", told: [keyNotice] },
  { how: "401", format: "anthropic", model: "status-401", kind: "auth", told: [keyNotice] },
  { how: "404", format: "openai", model: "status-404", kind: "not_found", told: [modelNotice] },
  { how: "404", format: "anthropic", model: "status-404", kind: "not_found", told: [modelNotice] },
  { how: "429", format: "openai", model: "status-429", kind: "rate_limited", told: [] },
  { how: "429", format: "anthropic", model: "status-429", kind: "rate_limited", told: [] },
  { how: "500", format: "openai", model: "status-500", kind: "server", told: [] },
  { how: "500", format: "anthropic", model: "status-500", kind: "server", told: [] },
  { how: "503", format: "openai", model: "status-503", kind: "overloaded", told: [] },
  { how: "503", format: "anthropic", model: "status-503", kind: "overloaded", told: [] },
  { how: "a refused connection", format: "openai", model: null, kind: "network", told: [] },
  { how: "a refused connection", format: "anthropic", model: null, kind: "network", told: [], next: "local" },
  { how: "a hang before headers", format: "openai", model: "hang", kind: "timeout_first_token", told: [] },
  { how: "a hang before headers", format: "anthropic", model: "hang", kind: "timeout_first_token", told: [] },
  { how: "a cut in the middle", format: "openai", model: "cut", kind: "truncated", told: [restarted] },
  { how: "a cut in the middle", format: "anthropic", model: "cut", kind: "truncated", told: [restarted] },
  { how: "a captive portal's page", format: "openai", model: "portal", kind: "network", told: [] },
  { how: "a captive portal's page", format: "anthropic", model: "portal", kind: "network", told: [] },
  { how: "an error inside a 200", format: "openai", model: "error-inside-200", kind: "server", told: [] },
  { how: "an empty answer", format: "anthropic", model: "empty", kind: "empty", told: [] },
  { how: "a malformed chunk", format: "openai", model: "malformed", kind: "malformed", told: [restarted] },
  {
    how: "a stall in the middle",
    format: "anthropic",
    model: "stall",
    kind: "timeout_idle",
    told: [restarted],
  },
  {
    how: "a cut in the middle",
    format: "openai",
    model: "cut",
    kind: "truncated",
    told: [continued],
    next: "local",
    begun: "All is",
  },
];

const recital = "I answer from this machine, whatever the network does.";
const cloudAnswer = "All is well.";

describe("when the first link fails, the next one answers", () => {
  const folder = temporaryFolder();
  const reciter = writeReciter(join(folder.path, "recital.gguf"), { sentence: recital });
  const continuer = writeReciter(join(folder.path, "continuer.gguf"), { sentence: cloudAnswer });
  /** By the number of the row: the conversation, and all that its answer showed. */
  const shown = new Map<number, { conversation: string; text: string | null }>();
  let browser: Browser;
  let host: Host;
  let unruly: Unruly;
  let client: ApiClient;
  let nowhere: string;
  let at: Visit;

  beforeAll(async () => {
    [browser, host, unruly, nowhere] = await Promise.all([
      launchBrowser(),
      startHost({ dataDir: folder.path }),
      startUnruly(),
      refusedUrl(),
    ]);
    client = await connect(host);
    at = await visit(browser, host);
  });
  afterAll(async () => {
    await browser.close();
    await host[Symbol.asyncDispose]();
    await unruly.close();
    folder[Symbol.dispose]();
  });

  const rows = failing.map((row, index) => ({ ...row, index, next: row.next ?? "cloud" }));

  test.each(rows)("$how ($format), then $next", async (row) => {
    const { index, format, model, kind, told, next, begun } = row;
    const first = linkTo(model === null ? nowhere : unruly.url, "primary", format, model ?? "any");
    const other = format === "openai" ? "anthropic" : "openai";
    const local = localLink(begun === undefined ? reciter : continuer);
    const second = next === "local" ? local : linkTo(unruly.url, "second", other, "drip-5");
    await client.api.settings.setConfig({ fallback_chain: [first, second] });

    const conversation = await askAnew(at.page, `Question ${index}`);
    const answer = await ended(at.page);

    const text = next === "local" && begun === undefined ? recital : cloudAnswer;
    expect(await answer.getByText(text, { exact: true }).count()).toBe(1);
    expect(await badge(answer).textContent()).toBe(next === "local" ? "Local" : "Backup");
    const tierNotice =
      next === "local" ? /^A model on this machine answered/ : /^Using backup service: second/;
    expect(await notices(answer)).toEqual([tierNotice, ...told].map((line) => expect.stringMatching(line)));

    const { messages } = await client.api.conversations.get({ id: conversation });
    const { state, text: stored, receipt } = messages[1] ?? {};
    expect({ state, stored, reason: receipt?.reason }).toEqual({
      state: "complete",
      stored: text,
      reason: kind,
    });
    // A link may be asked twice before the next one is.
    const kinds = receipt?.attempts.map((attempt) => attempt.kind) ?? [];
    expect([...new Set(kinds)]).toEqual([kind, null]);
    expect(receipt?.seams).toEqual(begun === undefined ? [] : [{ offset: begun.length, link: "local" }]);
    expect(at.complaints).toEqual([]);
    await badge(answer).click();
    shown.set(index, { conversation, text: await answer.textContent() });
  });

  test("after the app was killed and started again, every answer shows the same badge, notices and attempts", async () => {
    await host.end("SIGKILL");
    host = await startHost({ dataDir: folder.path });
    at = await visit(browser, host);
    expect(shown.size).toBe(failing.length);
    for (const [index, { conversation, text }] of shown) {
      await at.page.goto(`${host.origin}/#/chat/${conversation}`);
      await question(at.page, `Question ${index}`).waitFor();
      const answer = await ended(at.page);
      await badge(answer).click();
      expect(await answer.textContent()).toBe(text);
    }
  });
});
