import { expect, test } from "vitest";
import type { LabReport } from "../../../electron/contract/index.ts";
import type { FakeApp } from "../support/fake-app.ts";
import { withBrowser } from "../support/page.ts";
import { offline } from "../support/scripts.ts";

const { open } = withBrowser();

const result = {
  link: "primary",
  model: "gpt-5",
  tier: "cloud" as const,
  answered: 3,
  failed: 1,
  pass_rate: 0.75,
  wins: 1,
  judge_wins: 2,
  first_token_ms: 310,
  duration_ms: 1_840,
  tokens_per_s: 81.25,
  cost_usd: 0.0045,
  agreement: null,
};

function report(change: Partial<LabReport["run"]> = {}): LabReport {
  return {
    run: {
      id: "run-1",
      name: "Minutes of March",
      created_at: "2026-03-02T09:15:00.000Z",
      links: ["primary", "on-machine"],
      judge: null,
      prompts: 4,
      done: 8,
      total: 8,
      state: "complete",
      ...change,
    },
    results: [
      result,
      {
        ...result,
        link: "on-machine",
        tier: "local",
        answered: 4,
        failed: 0,
        pass_rate: 0.5,
        wins: 2,
        cost_usd: 0,
        agreement: 0.625,
      },
    ],
    votes: 4,
    ties: 1,
    prompts: [],
    answers: [],
    picks: [],
  };
}

const go = async ({ page }: Awaited<ReturnType<typeof open>>) =>
  page.getByRole("link", { name: "Lab" }).click();

test("an empty lab says how to begin", async () => {
  await using session = await open(offline);
  await go(session);
  await session.page.getByText("No runs yet. Begin one").waitFor();
  expect(session.complaints).toEqual([]);
});

test("a run begins with typed prompts and conversations, on the links that are ticked", async () => {
  await using session = await open(offline, (app: FakeApp) => {
    app.seed("Tides", [{ role: "user", text: "When?", state: "complete", receipt: null }]);
    const [link] = app.status.value.links;
    if (link)
      app.status.value = { ...app.status.value, links: [link, { ...link, id: "second", tier: "local" }] };
  });
  const { page, app } = session;
  await go(session);
  await page.getByRole("button", { name: "New run" }).click();
  const start = page.getByRole("button", { name: "Start", exact: true });
  expect(await start.isDisabled()).toBe(true);
  await page.getByLabel("Prompts", { exact: true }).fill("Why?\n\nHow,\nthen?");
  await page.getByLabel("These prompts stay on this machine").check();
  await page.getByRole("checkbox", { name: "Tides" }).check();
  const links = app.status.value.links.map(({ id }) => id);
  await page.getByRole("group", { name: "Links" }).getByRole("checkbox").last().uncheck();
  await page.getByLabel("Judge").selectOption(links[0] ?? "");
  await start.click();
  await page.getByText("Running: 0 of").waitFor();
  expect(app.lab.started).toEqual([
    {
      prompts: [
        { messages: [{ role: "user", content: "Why?" }], local_only: true },
        { messages: [{ role: "user", content: "How,\nthen?" }], local_only: true },
      ],
      conversations: [[...app.conversations.keys()][0]],
      links: links.slice(0, -1),
      judge: links[0],
    },
  ]);
  expect(session.complaints).toEqual([]);
});

test("the results show each link's figures, and a judge's picks where a link was the judge", async () => {
  const judged = report();
  judged.run.judge = "primary";
  await using session = await open(offline, (app) => void app.lab.reports.push(judged));
  await go(session);
  const row = session.page.getByRole("row", { name: /^on-machine/ });
  await row.getByText("4 of 4").waitFor();
  expect(await row.getByRole("cell").allTextContents()).toEqual([
    "4 of 4",
    "50 %",
    "2",
    "2",
    "310 ms",
    "1.8 s",
    "81.3",
    "$0",
    "63 %",
  ]);
  await session.page.getByText("Agreement is with primary. 4 votes, 1 for none.").waitFor();
});

test("a vote shows no link's name, and goes on to the next prompt", async () => {
  await using session = await open(offline, (app) => {
    app.lab.reports.push(report());
    const answers = [
      { slot: 0, text: "Once a day." },
      { slot: 1, text: "Four times a day." },
    ];
    app.lab.ballots.push(
      { prompt_id: "p1", question: "When does the tide turn?", answers, left: 2 },
      { prompt_id: "p2", question: "And the wind?", answers, left: 1 },
    );
  });
  const { page, app } = session;
  await go(session);
  await page.getByRole("button", { name: "Vote" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("When does the tide turn?").waitFor();
  expect(await dialog.textContent()).not.toMatch(/primary|on-machine/);
  await dialog.getByRole("button", { name: "Answer B is best" }).click();
  await dialog.getByText("And the wind?").waitFor();
  await dialog.getByRole("button", { name: "None is better" }).click();
  await dialog.getByText("Nothing is left to vote on.").waitFor();
  expect(app.lab.votes).toEqual([
    { prompt_id: "p1", slot: 1 },
    { prompt_id: "p2", slot: null },
  ]);
  expect(session.complaints).toEqual([]);
});

test("a run that was stopped can be resumed, and stopped again", async () => {
  await using session = await open(
    offline,
    (app) => void app.lab.reports.push(report({ state: "unfinished", done: 3 })),
  );
  const { page } = session;
  await go(session);
  await page.getByText("Not finished: 3 of 8 answers.").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Running: 3 of 8 answers.").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("No runs yet.").waitFor();
});
