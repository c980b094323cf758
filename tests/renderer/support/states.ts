import type { Locator, Page } from "playwright-core";
import type { FakeApp, Script } from "./fake-app.ts";
import { attempt, notice, receipt } from "./fixtures.ts";
import { ask, type Session } from "./page.ts";
import {
  question,
  withCache,
  withDrillRunning,
  withDrills,
  withLab,
  withModels,
  withOffer,
  withOutbox,
  withProviders,
  withTrouble,
} from "./prepared.ts";
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
  {
    name: "drills, with a report",
    prepare: withDrills,
    reach: async ({ page }) => {
      await go(page, "drills");
      await page.getByText("1.4 s at request 5").first().waitFor();
    },
  },
  {
    name: "drill that runs",
    prepare: withDrillRunning,
    reach: async ({ page }) => {
      await go(page, "drills");
      await page.getByText("at least 95 % of the requests").first().waitFor();
    },
  },
  { name: "settings", prepare: withProviders, reach: settings },
  { name: "settings of rules and budget", prepare: withTrouble, reach: section("Rules") },
  {
    name: "settings of the embedder",
    prepare: (app) => {
      app.settings.config = {
        ...app.settings.config,
        cache: { embedder: { provider: "ollama", model: "nomic-embed-text" } },
      };
      app.unembedded = 3;
    },
    reach: section("Earlier answers"),
  },
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
