import { describe, expect, it } from "vitest";
import { loadLocale } from "../../electron/app/locales.ts";
import type { Attempt, Receipt } from "../../electron/contract/index.ts";
import { type NoticeContext, noticesOf, outboxNotice } from "../../electron/notices/index.ts";
import { english, localeFolder } from "../fixtures/english.ts";

const attempt = (over: Partial<Attempt>): Attempt => ({
  link: "primary",
  provider: "openai",
  model: "m",
  tier: "cloud",
  outcome: "failed",
  kind: "server",
  message: null,
  status: null,
  request_id: null,
  started_at: "2026-01-01T00:00:00.000Z",
  connect_ms: null,
  first_token_ms: null,
  duration_ms: 5,
  usage: null,
  cost_usd: null,
  ...over,
});

const receipt = (over: Partial<Receipt>): Receipt => ({
  requested_tier: "cloud",
  tier: "cloud",
  link: "primary",
  provider: "openai",
  model: "m",
  level: "full",
  reason: null,
  attempts: [attempt({ outcome: "answered", kind: null })],
  seams: [],
  notices: [],
  dropped: [],
  usage: null,
  cost_usd: null,
  similarity: null,
  age_s: null,
  original_question: null,
  ...over,
});

const budget = { warning: false, reached: false, cap_usd: null, spent_usd: 0 };
const noStarter: NoticeContext = {
  locale: english,
  now: Date.parse("2026-01-01T00:00:00Z"),
  isStarter: () => false,
  restsUntil: () => null,
  budget,
};
const codes = (of: Receipt, context = noStarter) => noticesOf(of, context).map(({ code }) => code);

const backup = { tier: "backup", link: "second" } as const;

describe("noticesOf", () => {
  it("says nothing when the first link answered as asked", () => {
    expect(codes(receipt({}))).toEqual([]);
  });

  it("says that a backup answered, and why the first did not", () => {
    const [notice] = noticesOf(
      receipt({ ...backup, attempts: [attempt({ kind: "overloaded", message: "try later" })] }),
      noStarter,
    );
    expect(notice).toMatchObject({
      code: "backup_used",
      severity: "info",
      text: "Using backup service: second answered.",
      reason: "primary did not answer: try later",
    });
    expect(
      noticesOf(receipt({ ...backup, attempts: [attempt({ kind: "overloaded" })] }), noStarter),
    ).toMatchObject([{ reason: "primary did not answer: it is overloaded" }]);
  });

  it("says what a local answer means, also when nothing else was asked for", () => {
    const local = receipt({ tier: "local", requested_tier: "local", link: "granite", attempts: [] });
    expect(codes(local)).toEqual(["local_used"]);
    const starter = noticesOf(local, { ...noStarter, isStarter: (link) => link === "granite" });
    expect(starter).toMatchObject([{ code: "starter_model", action: { target: "models" } }]);
  });

  it("tells the age and the question of a cached answer", () => {
    const cached = receipt({ tier: "cache", age_s: 2 * 86_400 + 5, original_question: "Why?" });
    expect(noticesOf(cached, noStarter)[0]?.text).toBe(
      "This is an earlier answer, 2 days old, to the question “Why?”.",
    );
  });

  it.each([
    ["auth", "key_rejected"],
    ["not_found", "model_missing"],
    ["quota_exhausted", "quota_exhausted"],
  ] as const)("points at the link to mend after %s", (kind, code) => {
    const told = noticesOf(receipt({ ...backup, attempts: [attempt({ kind })] }), noStarter);
    expect(told).toMatchObject([
      { code: "backup_used" },
      { code, action: { target: "settings", link: "primary" } },
    ]);
  });

  it("says that an answer was restarted after a stream had broken off", () => {
    const broken = attempt({ kind: "truncated", first_token_ms: 40 });
    expect(codes(receipt({ ...backup, attempts: [broken] }))).toEqual([
      "backup_used",
      "interrupted_restarted",
    ]);
  });

  it("says instead that another link went on, where there is a seam", () => {
    const broken = attempt({ kind: "truncated", first_token_ms: 40 });
    const seamed = receipt({ ...backup, attempts: [broken], seams: [{ offset: 5, link: "second" }] });
    const told = noticesOf(seamed, noStarter).find(({ code }) => code === "answer_continued");
    expect(told?.text).toBe("primary broke off in the middle; second went on from there.");
    expect(codes(seamed)).not.toContain("interrupted_restarted");
  });

  it("says that the oldest part of a long conversation was left out", () => {
    expect(codes(receipt({ dropped: ["history", "length"] }))).toEqual(["history_trimmed"]);
  });

  it("says that the budget is spent, instead of a quota, when it kept a link from being asked", () => {
    const skipped = attempt({ outcome: "skipped", kind: "quota_exhausted" });
    const spent = { ...noStarter, budget: { warning: true, reached: true, cap_usd: 20, spent_usd: 20.5 } };
    const told = noticesOf(receipt({ ...backup, attempts: [skipped] }), spent);
    expect(told.map(({ code }) => code)).toEqual(["backup_used", "budget_reached"]);
    expect(told[1]?.text).toBe(
      "This month's budget of $20 is spent, so links that cost money were passed over.",
    );
    expect(codes(receipt({}), spent)).toEqual([]);
  });

  it("warns from 80 % of the budget on, with answers that cost something", () => {
    const near = { ...noStarter, budget: { warning: true, reached: false, cap_usd: 20, spent_usd: 16.4 } };
    expect(noticesOf(receipt({ cost_usd: 0.01 }), near)[0]?.text).toBe(
      "$16.40 of this month's $20 are spent.",
    );
    expect(codes(receipt({ cost_usd: null }), near)).toEqual([]);
  });

  it("says that a backup stood in for a backup that was asked for by its name", () => {
    const asked = receipt({ ...backup, requested_tier: "backup" });
    expect(codes(asked)).toEqual([]);
    const [told] = noticesOf(
      { ...asked, reason: "server", attempts: [attempt({ link: "third" })] },
      noStarter,
    );
    expect(told).toMatchObject({
      code: "backup_used",
      reason: "third did not answer: it had an error of its own",
    });
  });

  it.each([
    [["tools", "length"], "At the level that is set, answers are made without tools."],
    [
      ["json_schema", "streaming", "length"],
      "At the level that is set, answers are made without a JSON schema.",
    ],
    [["json_schema", "length"], "primary can't handle a JSON schema, so the answer was made without."],
    [
      ["tools", "json_schema", "length"],
      "The level that is set and primary leave out tools, a JSON schema, so the answer was made without.",
    ],
  ])("blames the level and not the link for what the level does without: %j", (dropped, text) => {
    expect(noticesOf(receipt({ dropped }), noStarter).map((notice) => notice.text)).toEqual([text]);
  });

  it("names what was dropped, and an answer that its limit cut short", () => {
    const told = noticesOf(receipt({ dropped: ["vision", "tools"] }), {
      ...noStarter,
      finishReason: "length",
    });
    expect(told.map(({ text }) => text)).toEqual([
      "primary can't handle images, tools, so the answer was made without.",
      "The answer ends here because it reached its length limit.",
    ]);
  });

  it.each([
    ["all_links_failed", "offline", "error"],
    ["deadline", "offline", "error"],
    ["stopped", "request_refused", "error"],
    ["cancelled", "stopped", "info"],
  ] as const)("words the failure %s as %s", (code, expected, severity) => {
    const failure = { code, kind: null, status: null, message: "no", retry_after_ms: null };
    const told = noticesOf(receipt({ tier: "offline", link: null, attempts: [] }), { ...noStarter, failure });
    expect(told).toMatchObject([{ code: expected, severity }]);
  });

  it("says until when a quota is used up, where that is known", () => {
    const exhausted = receipt({ ...backup, attempts: [attempt({ kind: "quota_exhausted" })] });
    const until = new Date(2026, 0, 3, 14, 30).getTime();
    const texts = (restsUntil: NoticeContext["restsUntil"]) =>
      noticesOf(exhausted, { ...noStarter, restsUntil }).map(({ text }) => text);
    expect(texts(() => null)).toContain("The quota of primary is used up.");
    expect(texts((link) => (link === "primary" ? until : null))).toContain(
      "The quota of primary is used up until January 3 at 14:30.",
    );
  });

  it("says that an answer was slow, counted from the first attempt on", () => {
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    const slow = [
      attempt({ kind: "timeout_first_token", started_at: at(0) }),
      attempt({ outcome: "answered", kind: null, started_at: at(20), first_token_ms: 1500 }),
    ];
    expect(noticesOf(receipt({ ...backup, attempts: slow }), noStarter)).toContainEqual({
      code: "slow",
      severity: "info",
      text: "This answer was slow: its first word took 21 seconds.",
      reason: "primary did not answer: it did not begin to answer in time",
      action: null,
    });
    const quick = slow.map((one, n) => ({ ...one, started_at: at(n * 10) }));
    expect(codes(receipt({ ...backup, attempts: quick }))).not.toContain("slow");
  });

  it("says that a local model did not fit the machine's memory", () => {
    const memory = attempt({ kind: "out_of_memory", tier: "local", link: "granite" });
    expect(noticesOf(receipt({ ...backup, attempts: [memory] }), noStarter)).toContainEqual(
      expect.objectContaining({
        code: "model_too_large",
        action: expect.objectContaining({ target: "models" }),
      }),
    );
  });

  it("says that a local model was set aside, once, with the way to the models", () => {
    const crashed = attempt({ link: "granite", provider: "llama", tier: "local", kind: "engine_crashed" });
    const told = noticesOf(receipt({ ...backup, attempts: [crashed, crashed] }), {
      ...noStarter,
      isSetAside: (link) => link === "granite",
    });
    expect(told.filter(({ code }) => code === "model_set_aside")).toMatchObject([
      { text: expect.stringContaining("granite"), action: { target: "models" } },
    ]);
    expect(codes(receipt({ ...backup, attempts: [crashed] }))).not.toContain("model_set_aside");
  });

  it("says that the processor stood in for a GPU, of an answer of the engine only", () => {
    const context = { ...noStarter, gpuUnavailable: true };
    const local = receipt({ tier: "local", requested_tier: "local", provider: "llama", link: "granite" });
    expect(codes(local, context)).toEqual(["local_used", "gpu_unavailable"]);
    expect(codes(receipt({}), context)).toEqual([]);
  });

  it("names what passed the first link over when nothing failed", () => {
    const skipped = attempt({ outcome: "skipped", kind: "network", message: "this machine has no network" });
    const local = receipt({ tier: "local", link: "granite", attempts: [skipped] });
    expect(noticesOf(local, noStarter)).toMatchObject([
      { code: "local_used", reason: "primary did not answer: this machine has no network" },
    ]);
  });
});

describe("outboxNotice", () => {
  it.each([
    ["waiting", null, "queued", "Waiting in the outbox. It is asked again when a better link is back."],
    ["waiting", "local", "queued", "Waiting in the outbox for a better answer."],
    ["asking", null, "asking_again", "The outbox is asking again now."],
    ["answered", "local", "better_answer", "A better answer is ready."],
    ["dropped", null, "outbox_gave_up", "The outbox gave this question up."],
  ] as const)("words a question that is %s, answered so far by %s", (state, answered, code, text) => {
    expect(outboxNotice({ state, answered }, english)).toMatchObject({ code, text });
  });
});

describe("another language", () => {
  it("words every notice, with its own dates, sums and plurals", () => {
    const german = { ...noStarter, locale: loadLocale(localeFolder, "de") };
    const cached = receipt({ tier: "cache", age_s: 2 * 86_400, original_question: "Warum?" });
    expect(noticesOf(cached, german)[0]?.text).toBe(
      "Das ist eine frühere Antwort auf die Frage „Warum?“, 2 Tage alt.",
    );
    const near = { ...german, budget: { warning: true, reached: false, cap_usd: 20, spent_usd: 16.4 } };
    expect(noticesOf(receipt({ cost_usd: 1 }), near)[0]?.text).toMatch(/^16,40\s\$ von 20\s\$/);
  });
});
