import { expect, test } from "vitest";
import type { FakeApp } from "../support/fake-app.ts";
import { attempt, localAttempt, receipt } from "../support/fixtures.ts";
import { ask, withBrowser } from "../support/page.ts";
import { cloud, local, offline } from "../support/scripts.ts";

const { open } = withBrowser();

const oldText = "The tide turns once a day.";
const betterText = "The tide turns four times a day.";

/** A conversation whose question was answered on this machine and waits for the cloud. Gives its question. */
function waiting(app: FakeApp): string {
  app.seed("Tides", [
    { role: "user", text: "When does the tide turn?", state: "complete", receipt: null },
    { role: "assistant", text: oldText, state: "complete", receipt: receipt([localAttempt]) },
  ]);
  const [question] = app.messages.keys();
  if (question === undefined) throw new Error("the conversation has no question");
  return question;
}

function withBetter(app: FakeApp): void {
  const item = app.queue(waiting(app), { answered: "local", attempts: 2 });
  app.answerFromOutbox(item, betterText, receipt([attempt()]));
}

test("a question that nothing could answer is put into the outbox, and waits there", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await ask(page, "Are you there?");
  await page.getByRole("button", { name: "Ask again when a better link is back" }).click();
  await page.getByText("Waiting in the outbox.").waitFor();
  expect([...app.outbox.values()].map((item) => item.question)).toEqual(["Are you there?"]);
  await page.getByRole("link", { name: "Outbox 1 waiting" }).click();
  await page.getByRole("listitem", { name: "Are you there?" }).getByText("not at all").waitFor();
});

test("a question that no link could answer better is not put in, and the page says why", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  app.keepsNothing = true;
  await ask(page, "Are you there?");
  await page.getByRole("button", { name: "Ask again when a better link is back" }).click();
  await page.getByText("No link of the chain could answer it better.").waitFor();
});

test("the outbox lists what waits, is ready and was dropped, each with its facts", async () => {
  await using session = await open(local, (app) => {
    withBetter(app);
    const [question = ""] = app.messages.keys();
    app.queue(question, {
      question: "How deep is the bay?",
      attempts: 1,
      next_at: "2099-01-01T10:00:00.000Z",
    });
    app.queue(question, { question: "And at night?", state: "asking", local_only: true });
    app.queue(question, {
      question: "Who drew this map?",
      state: "dropped",
      dropped_because: "refused",
      detail: "primary: not allowed",
    });
  });
  const { page, app } = session;
  await page.getByRole("link", { name: /^Outbox/ }).click();
  const ready = page.getByRole("listitem", { name: "When does the tide turn?" });
  expect(await ready.textContent()).toMatch(/Wanted:Cloud\s*Better answer:Cloud\s*Asked again:2 times/);
  const bay = page.getByRole("listitem", { name: "How deep is the bay?" });
  expect(await bay.textContent()).toMatch(/asked again at 1 Jan|asked again at Jan 1/);
  const night = page.getByRole("listitem", { name: "And at night?" });
  expect(await night.textContent()).toMatch(/Is being asked now\.[\s\S]*Local-only/);
  await page.getByText("Dropped, because a link refused the question itself: primary: not allowed").waitFor();
  await page.getByRole("button", { name: "Ask now" }).click();
  await expect.poll(() => app.retries).toBe(1);
  await bay.getByRole("button", { name: "Drop" }).click();
  await bay.waitFor({ state: "detached" });
  expect(session.complaints).toEqual([]);
});

test("a better answer is offered under the old one, and compared with it word for word", async () => {
  await using session = await open(local, (app) => void app.queue(waiting(app), { answered: "local" }));
  const { page, app } = session;
  await page.getByRole("link", { name: "Tides" }).click();
  await page.getByText("Waiting in the outbox for a better answer.").waitFor();
  const [item] = app.outbox.values();
  if (item === undefined) throw new Error("nothing waits");
  app.answerFromOutbox(item, betterText, receipt([attempt()]));
  await page.getByText("A better answer is ready.").waitFor();
  await page.getByText(oldText).waitFor();
  await page.getByRole("button", { name: "Compare" }).click();
  const dialog = page.getByRole("dialog", { name: "A better answer is ready" });
  const old = dialog.getByRole("region", { name: "The answer that you have" });
  const better = dialog.getByRole("region", { name: "The better answer" });
  await old.getByText("last-line").waitFor();
  await better.getByText("primary").waitFor();
  expect(await old.locator("del").allInnerTexts()).toEqual(["once"]);
  expect(await better.locator("ins").allInnerTexts()).toEqual(["four", "times "]);
  await better.getByRole("button", { name: "Keep this one" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(betterText).waitFor();
  await expect.poll(() => app.outbox.size).toBe(0);
  expect(await page.getByText("A better answer is ready.").count()).toBe(0);
  expect(session.complaints).toEqual([]);
});

test("an old answer that is kept stays in view after a reload, with the better one beside it", async () => {
  await using session = await open(local, withBetter);
  const { page, app } = session;
  await page.getByRole("link", { name: "Tides" }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await page
    .getByRole("region", { name: "The answer that you have" })
    .getByRole("button", { name: "Keep this one" })
    .click();
  await expect.poll(() => app.outbox.size).toBe(0);
  await page.reload();
  await page.getByText(oldText).waitFor();
  await page.getByRole("button", { name: "Later answer" }).click();
  await page.getByText(betterText).waitFor();
});

test("keeping an answer from the outbox leads to it in its conversation", async () => {
  await using session = await open(local, withBetter);
  const { page } = session;
  await page.getByRole("link", { name: "Outbox 1 ready" }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await page
    .getByRole("region", { name: "The better answer" })
    .getByRole("button", { name: "Keep this one" })
    .click();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  await page.getByRole("article", { name: "Answer" }).getByText(betterText).waitFor();
});

test("an answered question is not offered to the outbox", async () => {
  await using session = await open(cloud("Twice a day."));
  await ask(session.page, "When?");
  await session.page.getByRole("button", { name: "Cloud", exact: true }).waitFor();
  expect(await session.page.getByText(/outbox can keep/).count()).toBe(0);
});
