import type { Locator, Page } from "playwright-core";
import type { LabReport } from "../../../electron/contract/index.ts";
import type { FakeApp, Script } from "./fake-app.ts";
import { ollamaModel, ollamaState } from "./fake-local.ts";
import { fits, installedModel, modelsState } from "./fake-models.ts";
import { attempt, closed, cloudLinks, noBudget, notice, receipt, starterLink, status } from "./fixtures.ts";
import { ask, type Session } from "./page.ts";
import {
  brokenOff,
  cloud,
  continued,
  fallThrough,
  gate,
  hedging,
  local,
  offline,
  opened,
} from "./scripts.ts";

/** A page in a state that a person can meet, and how it comes about. */
export interface PageState {
  name: string;
  /** Answers the questions that are asked in it; by default the first provider does. */
  script?: Script;
  /** Puts the app into the state before the page is opened. */
  prepare?: (app: FakeApp) => void;
  /** Leads the page there. */
  reach: (session: Session) => Promise<unknown>;
}

const tides = `The Moon pulls the near side of the sea more strongly than the Earth, and the Earth more strongly than the far side. So the water stands high on **both** sides.

| | time between |
|---|---|
| high water and the next | 12 h 25 min |
| two days' high waters | 24 h 50 min |

1. Twice a day the water rises.
2. Twice it falls, as the *rule of twelfths* says:

\`\`\`ts
/** Share of the tidal range, after each hour of six. */
const twelfths = [1, 3, 6, 9, 11, 12].map((part) => part / 12);
\`\`\``;

const question = "Why are there two tides a day, and how do I know the height in between?";

const go = (page: Page, hash: string) => page.goto(new URL(`#/${hash}`, page.url()).href);

const answered = (page: Page): Promise<void> =>
  page.locator('[aria-label="Answer"][aria-busy="false"]').last().waitFor();

async function openTimeline(page: Page): Promise<void> {
  const answer: Locator = page.getByRole("article", { name: "Answer" }).last();
  await answer.getByRole("button", { name: /^(Cloud|Backup|Local|Cached|Offline)$/ }).click();
  await page.getByRole("region", { name: "Timeline of attempts" }).waitFor();
}

async function asked({ page }: Session): Promise<void> {
  await ask(page, question);
  await answered(page);
}

const withProviders = (app: FakeApp) => {
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
function withOffer(app: FakeApp): void {
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

function withOutbox(app: FakeApp): void {
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

function withCache(app: FakeApp): void {
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

function withModels(app: FakeApp): void {
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

function withLab(app: FakeApp): void {
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
function withTrouble(app: FakeApp): void {
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

const settings = async ({ page }: Session) => {
  await go(page, "settings");
  await page.getByRole("heading", { name: "Providers and their order" }).waitFor();
};

const section = (name: string) => async (session: Session) => {
  await settings(session);
  await session.page.getByRole("heading", { name, exact: true }).scrollIntoViewIfNeeded();
  await session.page
    .getByRole("heading", { name, exact: true })
    .evaluate((heading) => heading.scrollIntoView());
};

const never = gate();

/** Every page, and what it can look like. */
export const pageStates: readonly PageState[] = [
  {
    name: "first run",
    script: local,
    reach: ({ page }) => page.getByRole("region", { name: "What works now" }).waitFor(),
  },
  {
    name: "empty conversation",
    prepare: withProviders,
    reach: ({ page }) => page.getByRole("region", { name: "What works now" }).waitFor(),
  },
  { name: "answer of a cloud link", prepare: withProviders, script: cloud(tides), reach: asked },
  {
    name: "answer of the local model, with its timeline",
    prepare: withProviders,
    script: fallThrough,
    reach: async (session) => {
      await asked(session);
      await openTimeline(session.page);
    },
  },
  {
    name: "cached answer",
    prepare: (app) => {
      withProviders(app);
      const text = "Six minutes, then cold water.";
      const cached = receipt(
        [attempt({ outcome: "failed", kind: "network", message: "connect ECONNREFUSED" })],
        {
          tier: "cache",
          similarity: 0.94,
          age_s: 90_000,
          original_question: "How do I boil an egg so that the yolk stays soft?",
          cache: { lookup: "l1", time_bound: false, similar: null },
          notices: [
            notice({
              code: "cached_answer",
              severity: "warning",
              text: "This is an earlier answer, to “How do I boil an egg so that the yolk stays soft?”.",
            }),
          ],
        },
      );
      withCache(app);
      app.seed("How do I boil an egg?", [
        { role: "user", text: "How do I boil an egg?", state: "complete", receipt: null },
        { role: "assistant", text, state: "complete", receipt: cached },
      ]);
    },
    reach: async ({ page }) => {
      await page.getByRole("link", { name: "How do I boil an egg?" }).click();
      await openTimeline(page);
    },
  },
  {
    name: "another link goes on in the middle",
    prepare: withProviders,
    script: continued(`${tides.slice(0, 130)}`, tides.slice(130), { breaks: opened(), ends: never }),
    reach: async ({ page }) => {
      await ask(page, question);
      await page.getByText("rule of twelfths").waitFor();
    },
  },
  {
    name: "another link went on in the middle",
    prepare: withProviders,
    script: continued(tides.slice(0, 260), tides.slice(260), { breaks: opened(), ends: opened() }),
    reach: async (session) => {
      await asked(session);
      await openTimeline(session.page);
    },
  },
  {
    name: "an answer is taken back and begins again",
    prepare: withProviders,
    script: brokenOff("The Moon pulls the near side of the sea more strongly than", tides, {
      breaks: opened(),
      again: never,
    }),
    reach: async ({ page }) => {
      await ask(page, question);
      await page.getByText("starting again with second").waitFor();
      await openTimeline(page);
    },
  },
  {
    name: "two links are asked at once",
    prepare: withProviders,
    script: hedging({ passed: never.passed }),
    reach: async ({ page }) => {
      await ask(page, question);
      await page.getByText("is asked as well").waitFor();
      await openTimeline(page);
    },
  },
  {
    name: "nothing could answer",
    prepare: withProviders,
    script: offline,
    reach: asked,
  },
  {
    name: "local-only conversation",
    prepare: withProviders,
    script: local,
    reach: async (session) => {
      await session.page.getByRole("switch", { name: "Local-only" }).click();
      await asked(session);
    },
  },
  {
    name: "trouble in the status bar",
    prepare: withTrouble,
    reach: ({ page }) => page.getByText("Sign-in page").waitFor(),
  },
  {
    name: "costs of each link",
    prepare: withTrouble,
    reach: async ({ page }) => {
      await page.getByRole("button", { name: /^Budget/ }).click();
      await page.getByRole("dialog", { name: "Budget of this month" }).waitFor();
    },
  },
  {
    name: "menu of the level",
    prepare: withTrouble,
    reach: async ({ page }) => {
      await page.getByRole("button", { name: /^Level/ }).click();
      await page.getByRole("menuitemradio").first().waitFor();
    },
  },
  {
    name: "offer of a better answer",
    prepare: withOffer,
    reach: async ({ page }) => {
      await page.getByRole("link", { name: question }).click();
      await page.getByRole("button", { name: "Compare" }).waitFor();
    },
  },
  {
    name: "empty outbox",
    prepare: withProviders,
    reach: async ({ page }) => {
      await go(page, "outbox");
      await page.getByText("Nothing waits.").waitFor();
    },
  },
  {
    name: "full outbox",
    prepare: withOutbox,
    reach: async ({ page }) => {
      await go(page, "outbox");
      await page.getByRole("region", { name: "Dropped" }).waitFor();
    },
  },
  {
    name: "two answers side by side",
    prepare: withOutbox,
    reach: async ({ page }) => {
      await go(page, "outbox");
      await page.getByRole("button", { name: "Compare" }).click();
      await page.getByRole("region", { name: "The better answer" }).waitFor();
    },
  },
  {
    name: "models",
    prepare: withModels,
    reach: async ({ page }) => {
      await go(page, "models");
      await page.getByText("Qwen3 4B Instruct").waitFor();
    },
  },
  {
    name: "empty cache",
    reach: async ({ page }) => {
      await go(page, "cache");
      await page.getByText("Nothing is kept yet").waitFor();
    },
  },
  {
    name: "cache",
    prepare: withCache,
    reach: async ({ page }) => {
      await go(page, "cache");
      await page.getByText("price of copper").first().waitFor();
    },
  },
  {
    name: "lab",
    prepare: (app) => {
      withProviders(app);
      withLab(app);
    },
    reach: async ({ page }) => {
      await go(page, "lab");
      await page.getByText("Minutes of March").first().waitFor();
    },
  },
  { name: "settings", prepare: withProviders, reach: settings },
  { name: "settings of rules and budget", prepare: withTrouble, reach: section("Rules") },
  {
    name: "settings of the gateway",
    prepare: (app) => {
      app.gateway = { ...app.gateway, enabled: true, url: "http://127.0.0.1:4141/v1" };
    },
    reach: section("Gateway"),
  },
  {
    name: "choice of a provider",
    reach: async (session) => {
      await settings(session);
      await session.page.getByRole("button", { name: "Add a provider" }).click();
      await session.page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "form of a link, with errors",
    prepare: withProviders,
    reach: async (session) => {
      await settings(session);
      const { page } = session;
      await page.getByRole("button", { name: "Edit primary" }).click();
      await page.getByRole("dialog").getByLabel("Time limit").fill("soon");
      await page.getByRole("dialog").getByText("Price and breaker").click();
      await page.getByRole("dialog").getByLabel("Price of what is sent").fill("-1");
      await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
      await page.getByText("must be at least 0").waitFor();
    },
  },
];
