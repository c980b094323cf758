import type { LabReport } from "../../../electron/contract/index.ts";
import type { FakeApp } from "./fake-app.ts";
import { ollamaModel, ollamaState } from "./fake-local.ts";
import { fits, installedModel, modelsState } from "./fake-models.ts";
import { attempt, closed, cloudLinks, noBudget, receipt, starterLink, status } from "./fixtures.ts";

/** The question of the conversations that these make. */
export const question = "Why are there two tides a day, and how do I know the height in between?";

export const withProviders = (app: FakeApp) => {
  app.status.value = status({ links: [...cloudLinks, starterLink] });
  app.settings = {
    ...app.settings,
    config: {
      fallback_chain: [
        { id: "primary", provider: "openai", model: "gpt-5", price: { input: 1.25, output: 10 } },
        { id: "second", provider: "anthropic", model: "claude-sonnet-5", api_key_env: "ANTHROPIC_API_KEY" },
        { id: "last-line", provider: "llama", model: "resources/models/starter.gguf" },
      ],
    },
  };
};

/** A conversation with two answers to a question, the second of which is offered as the better one. */
export function withOffer(app: FakeApp): void {
  withProviders(app);
  const id = app.seed(question, [
    { role: "user", text: question, state: "complete", receipt: null },
    {
      role: "assistant",
      text: "The Moon pulls the water. I don't know more.",
      state: "complete",
      receipt: receipt(
        [attempt({ link: "last-line", provider: "llama", model: "starter.gguf", tier: "local" })],
        {
          requested_tier: "cloud",
          reason: "overloaded",
        },
      ),
    },
  ]);
  const asked = [...app.messages.values()].find((one) => one.conversation_id === id && one.role === "user");
  if (asked === undefined) throw new Error("the question was not stored");
  const item = app.queue(asked.id, { question, answered: "local", attempts: 2 });
  app.answerFromOutbox(
    item,
    "The Moon pulls the water on both sides: twice a day it rises.",
    receipt([attempt()]),
  );
}

export function withOutbox(app: FakeApp): void {
  withOffer(app);
  const texts = [
    "When does the tide turn in Husum tonight?",
    "And in winter?",
    "How deep is the Channel?",
  ] as const;
  for (const [index, text] of texts.entries()) {
    const id = app.seed(text, [{ role: "user", text, state: "complete", receipt: null }]);
    const asked = [...app.messages.values()].find((one) => one.conversation_id === id);
    const change = [
      { attempts: 1, answered: "local" as const },
      { state: "asking" as const, local_only: true },
      { state: "dropped" as const, dropped_because: "refused" as const, detail: "it was not allowed" },
    ][index];
    app.queue(asked?.id ?? "", { question: text, ...change });
  }
}

export function withCache(app: FakeApp): void {
  for (const [index, text] of [
    "How do I boil an egg softly?",
    "What is the price of copper today?",
  ].entries()) {
    app.cached.set(`e${index}`, {
      id: `e${index}`,
      question: text,
      answer: "Six minutes in boiling water, then cold water, so that it does not go on.",
      link: "primary",
      provider: "openai",
      model: "gpt-5",
      created_at: "2026-03-02T09:15:00.000Z",
      expires_at: index === 1 ? "2026-03-02T15:15:00.000Z" : null,
      time_bound: index === 1,
      conversation_id: null,
      uses: 3 - index,
      last_used_at: "2026-03-03T09:15:00.000Z",
      pinned: index === 0,
    });
  }
  const candidate = { similarity: 0.94, verdict: "different" as const, shown: false };
  app.lookups.set("l1", {
    id: "l1",
    at: "2026-03-03T09:15:00.000Z",
    asked: "How do I boil an egg hard?",
    outcome: "refused",
    candidates: [
      { question: "How do I boil an egg softly?", reason: "One says softly, the other hard.", ...candidate },
    ],
    trouble: null,
    said: null,
  });
  app.lookups.set("l2", {
    id: "l2",
    at: "2026-03-03T09:16:00.000Z",
    asked: "How do I boil an egg softly?",
    outcome: "exact",
    candidates: [
      {
        question: "How do I boil an egg softly?",
        similarity: 1,
        verdict: "same",
        reason: "The same words.",
        shown: true,
      },
    ],
    trouble: null,
    said: true,
  });
}

export function withModels(app: FakeApp): void {
  const state = modelsState();
  app.models.state.value = modelsState({
    installed: [
      installedModel(),
      installedModel({
        id: "qwen3-4b",
        name: "Qwen3 4B Instruct",
        path: "/home/person/.ollama/models/blobs/sha256-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        size_bytes: 2_500_000_000,
        origin: "ollama",
        link: null,
        licence: "Apache-2.0",
        fit: { ...fits, verdict: "tight", reason: "It needs about 3.9 GB of memory; 4.1 GB are free." },
      }),
    ],
    machine: { ...state.machine, weights_bytes_per_second: 9.2e9, device: "cpu" },
  });
  app.local.state.value = ollamaState({
    state: "running",
    version: "0.40.2",
    models: [
      ollamaModel({ link: "last-line", loaded: { context: 4_096, until: null } }),
      ollamaModel({ name: "gpt-oss:120b-cloud", remote_host: "ollama.com" }),
    ],
    pulls: [
      {
        name: "qwen3:4b",
        state: "failed",
        completed_bytes: 900_000_000,
        total_bytes: 2_500_000_000,
        bytes_per_second: null,
        seconds_left: null,
        error: "The connection broke.",
      },
    ],
    missing: [{ link: "small", model: "smollm2:135m" }],
  });
}

export function withLab(app: FakeApp): void {
  const result = {
    link: "primary",
    model: "gpt-5",
    tier: "cloud" as const,
    answered: 3,
    failed: 1,
    pass_rate: 0.75,
    wins: 1,
    judge_wins: 0,
    first_token_ms: 310,
    duration_ms: 1_840,
    tokens_per_s: 81.25,
    cost_usd: 0.0045,
    agreement: null,
  };
  const onMachine = {
    ...result,
    link: "last-line",
    model: "starter.gguf",
    tier: "local" as const,
    cost_usd: 0,
    agreement: 0.6,
  };
  const report: LabReport = {
    run: {
      id: "run-1",
      name: "Minutes of March",
      created_at: "2026-03-02T09:15:00.000Z",
      links: ["primary", "last-line"],
      judge: null,
      prompts: 4,
      done: 8,
      total: 8,
      state: "complete",
    },
    results: [result, onMachine],
    votes: 4,
    ties: 1,
    prompts: [],
    answers: [],
    picks: [],
  };
  app.lab.reports.push(report, {
    ...report,
    run: { ...report.run, id: "run-2", name: "Letters", state: "running", done: 3 },
  });
}

/** Trouble wherever there can be some: failing links, a nearly spent budget, a warning, a level that went down. */
export function withTrouble(app: FakeApp): void {
  withProviders(app);
  const [primary, second] = cloudLinks;
  if (primary === undefined || second === undefined) throw new Error("two links are needed");
  const spend = { estimated_usd: 0, input_tokens: 1, output_tokens: 1, unpriced_attempts: 0 };
  app.status.value = status({
    level: "minimal",
    ceiling: "reduced",
    offline: "sign_in_page",
    budget: {
      ...noBudget,
      spent_usd: 17,
      estimated_usd: 0.5,
      cap_usd: 20,
      share: 0.85,
      warning: true,
      by_link: [
        { link: "primary", usd: 16, attempts: 210, ...spend },
        { link: "second", usd: 1, attempts: 1, ...spend },
        { link: "unpriced", usd: 0, attempts: 3, ...spend, unpriced_attempts: 3 },
      ],
    },
    outbox: { waiting: 2, ready: 1 },
    links: [
      {
        ...primary,
        circuit: {
          ...primary.circuit,
          state: "open",
          opens_until: new Date(Date.now() + 3_600_000).toISOString(),
        },
      },
      { ...second, circuit: { ...closed, state: "half_open" } },
      { ...primary, id: "third" },
      starterLink,
    ],
    warnings: [
      "The settings file could not be read; it was put aside as settings.json.broken, and defaults are in force.",
    ],
  });
}

const drillRun = {
  drill: "primary-outage",
  name: "The first provider is down",
  chain: "stand_ins" as const,
  without: null,
  started_at: "2026-03-02T09:15:00.000Z",
};
const answeredAt = (n: number) => ({
  n,
  at_ms: n * 700,
  tier: n > 3 ? ("backup" as const) : ("cloud" as const),
  link: n > 3 ? "second" : "primary",
  first_token_ms: 200 + n * 20,
  duration_ms: 500,
});
const outage = { text: "primary answers 503", from_ms: 2_500, to_ms: 9_000, hits: 7 };
const findings = [
  { text: "at least 95 % of the requests are answered", outcome: "passed" as const, seen: "12 of 12" },
  { text: "the first token comes within 1 s", outcome: "failed" as const, seen: "1.4 s at request 5" },
];
const moments = [
  { at_ms: 2_500, what: "fault" as const, text: "primary answers 503 from now on." },
  { at_ms: 4_000, what: "circuit" as const, text: "The breaker of primary opened." },
];

/** One drill that is at hand, and the report of one that ran. */
export function withDrills(app: FakeApp): void {
  app.drills.reports.set("r1", {
    ...drillRun,
    id: "r1",
    description: "The first provider fails, and comes back.",
    seed: 7,
    end: "finished",
    duration_ms: 12_000,
    passed: false,
    findings,
    links: [
      { id: "primary", provider: "openai", model: "stand-in", tier: "cloud", stand_in: true },
      { id: "second", provider: "anthropic", model: "stand-in", tier: "backup", stand_in: true },
    ],
    faults: [outage],
    moments,
    answers: Array.from({ length: 12 }, (_, index) => ({
      ...answeredAt(index + 1),
      group: null,
      prompt: "What is the tide?",
      level: "full",
      attempts: [],
      notices: [],
      whole: true,
      text: "Twice a day.",
      failure: null,
      cost_usd: null,
    })),
    cost_usd: null,
    version: "0.1.0",
  });
  app.drills.set({
    drills: [
      {
        id: "primary-outage",
        source: "shipped",
        path: "/app/resources/drills/primary-outage.yaml",
        name: "The first provider is down",
        description: "The first provider fails for a while, and comes back. Answers must go on.",
        problem: null,
        max_duration_ms: 60_000,
        requests: 24,
        faults: ["primary answers 503"],
        expectations: findings.map(({ text }) => text),
        rehearses: [],
        has_stand_ins: true,
        cost: null,
        own_chain_cost: null,
      },
    ],
    reports: [{ ...drillRun, id: "r1", end: "finished", passed: false, failed: 1, unchecked: 0 }],
  });
}

/** A drill in the middle of its run. */
export function withDrillRunning(app: FakeApp): void {
  withDrills(app);
  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  app.status.value = status({ drill: { name: drillRun.name, ends_at } });
  app.drills.set({
    running: {
      ...drillRun,
      id: "r2",
      ends_at,
      elapsed_ms: 8_000,
      max_duration_ms: 60_000,
      done: 8,
      total: 24,
      tiers: [
        { tier: "cloud", count: 3 },
        { tier: "backup", count: 5 },
      ],
      points: Array.from({ length: 8 }, (_, index) => answeredAt(index + 1)),
      faults: [{ ...outage, to_ms: null }],
      moments,
      findings: findings.map((finding) => ({ ...finding, outcome: "open" as const })),
    },
  });
}
