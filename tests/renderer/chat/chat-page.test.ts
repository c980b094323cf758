import { expect, test } from "vitest";
import { ask, withBrowser } from "../support/page.ts";
import { brokenOff, cloud, fallThrough, gate, local, localText, offline, slow } from "../support/scripts.ts";

const { open } = withBrowser();

test("an answer appears while it is made, and carries its badge when it is whole", async () => {
  const door = gate();
  await using session = await open(slow("The tide turns ", "twice a day.", door));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  const answer = page.getByRole("article", { name: "Answer" });
  await answer.getByText("The tide turns").waitFor();
  expect(await answer.getAttribute("aria-busy")).toBe("true");
  door.open();
  await answer.getByText("The tide turns twice a day.").waitFor();
  await answer.getByRole("button", { name: "Cloud" }).waitFor();
  expect(session.complaints).toEqual([]);
});

test("a stopped answer keeps what had arrived, and says so", async () => {
  await using session = await open(slow("The tide turns ", "twice a day.", gate()));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByText("The tide turns").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("You stopped this answer here.").waitFor();
  await page.getByText("The tide turns").waitFor();
});

test("another answer is kept beside the first, and both can be looked at", async () => {
  await using session = await open(cloud("The first answer."));
  const { page, app } = session;
  await ask(page, "Say something.");
  await page.getByText("The first answer.").waitFor();
  app.script = cloud("The second answer.");
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.getByText("The second answer.").waitFor();
  await page.getByText("2/2").waitFor();
  await page.getByRole("button", { name: "Earlier answer" }).click();
  await page.getByText("The first answer.").waitFor();
  expect(await page.getByText("The second answer.").count()).toBe(0);
});

test("the badge opens the timeline with every attempt in words, times and cost", async () => {
  await using session = await open(fallThrough);
  const { page } = session;
  await ask(page, "What happens when I lose my connection?");
  const badge = page.getByRole("button", { name: "Local", exact: true });
  await badge.click();
  const timeline = page.getByRole("region", { name: "Timeline of attempts" });
  const rows = await timeline.getByRole("listitem").allInnerTexts();
  expect(rows).toEqual([
    expect.stringMatching(/primary[\s\S]*Failed: overloaded[\s\S]*42 ms[\s\S]*210 ms[\s\S]*HTTP status\s503/),
    expect.stringMatching(/second[\s\S]*Failed: the key was rejected[\s\S]*HTTP status\s401/),
    expect.stringMatching(/last-line[\s\S]*Answered[\s\S]*190 ms[\s\S]*1\.4 s[\s\S]*38 in, 96 out[\s\S]*\$0/),
  ]);
  await badge.click();
  await timeline.waitFor({ state: "detached" });
});

test("a notice about a key leads to its link in the settings", async () => {
  await using session = await open(fallThrough, (app) => {
    app.settings.config = {
      fallback_chain: [
        { id: "primary", provider: "openai", model: "gpt-5" },
        { id: "second", provider: "anthropic", model: "claude-sonnet-5" },
      ],
    };
  });
  const { page } = session;
  await ask(page, "What happens when I lose my connection?");
  await page.getByText("Anthropic answered 401: invalid x-api-key.").waitFor();
  await page.getByRole("button", { name: "Mend the key" }).click();
  const row = page.getByRole("listitem", { name: "second" });
  await row.waitFor();
  expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("a notice about the model leads to the models on this machine", async () => {
  await using session = await open(local);
  await ask(session.page, "What can you do?");
  await session.page.getByRole("button", { name: "Get a better local model" }).click();
  await session.page.getByRole("heading", { name: "Models", exact: true }).waitFor();
});

test("an offline reply has its badge, and its notice asks again", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await ask(page, "Are you there?");
  await page.getByRole("button", { name: "Offline", exact: true }).waitFor();
  app.script = cloud("Now I am.");
  await page.locator('[data-notice="offline"]').getByRole("button", { name: "Ask again" }).click();
  await page.getByText("Now I am.").waitFor();
});

test("an answer that broke off gives way, with a note, to the whole one", async () => {
  const doors = { breaks: gate(), again: gate() };
  await using session = await open(brokenOff("The tide turns tw", "High water comes twice.", doors));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByText("The tide turns tw").waitFor();
  doors.breaks.open();
  await page.getByText("The answer broke off; starting again with second.").waitFor();
  doors.again.open();
  await page.getByText("High water comes twice.").waitFor();
  await page.getByRole("button", { name: "Backup", exact: true }).waitFor();
  expect(await page.getByText("The tide turns tw").count()).toBe(0);
});

test("a reload in the middle of an answer shows what had come, and follows it to its end", async () => {
  const door = gate();
  await using session = await open(slow("The tide turns ", "twice a day.", door));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByText("The tide turns").waitFor();
  await page.reload();
  await page.getByText("The tide turns").waitFor();
  door.open();
  await page.getByText("The tide turns twice a day.").waitFor();
  await page.getByRole("button", { name: "Cloud", exact: true }).waitFor();
});

test("an answer that the app's end interrupted says so", async () => {
  await using session = await open(local, (app) => {
    app.seed("Tides", [
      { role: "user", text: "When does the tide turn?", state: "complete", receipt: null },
      { role: "assistant", text: "The tide tu", state: "interrupted", receipt: null },
    ]);
  });
  await session.page.getByRole("link", { name: "Tides" }).click();
  await session.page.getByText("Holdfast was closed in the middle of this answer.").waitFor();
});

test("each conversation keeps its draft over a reload", async () => {
  await using session = await open(local, (app) => {
    app.seed("Tides", []);
  });
  const { page } = session;
  const composer = page.getByLabel("Your question");
  await composer.fill("a new question");
  await page.getByRole("link", { name: "Tides" }).click();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  await composer.fill("about tides");
  await page.reload();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  expect(await composer.inputValue()).toBe("about tides");
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByRole("heading", { name: "New conversation" }).waitFor();
  expect(await composer.inputValue()).toBe("a new question");
});

test("Shift and Enter begin a new line, and Enter sends both lines", async () => {
  await using session = await open(local);
  const { page, app } = session;
  await page.getByLabel("Your question").fill("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  await page.locator("button:enabled", { hasText: "Send" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: "Answer" }).waitFor();
  expect([...app.messages.values()][0]?.text).toBe("one\ntwo");
});

test("conversations are renamed and, after a question, deleted", async () => {
  await using session = await open(local, (app) => {
    app.seed("Tides", []);
  });
  const { page, app } = session;
  await page.getByRole("button", { name: "More for Tides" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("Title").fill("Moon");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "More for Moon" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "Moon" }).waitFor({ state: "detached" });
  expect(app.conversations.size).toBe(0);
});

test("on a narrow page the list of conversations is opened by a button", async () => {
  await using session = await open(local, (app) => void app.seed("Tides", []), {
    viewport: { width: 700, height: 700 },
  });
  const { page } = session;
  const tides = page.getByRole("link", { name: "Tides" });
  await page.getByRole("button", { name: "Open the list of conversations" }).click();
  await tides.click();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  expect(await tides.isVisible()).toBe(false);
});

test("the stream's state is told to screen readers", async () => {
  await using session = await open(local);
  await ask(session.page, "What can you do?");
  await session.page.getByRole("status").getByText("Answered. Tier: Local.").waitFor({ state: "attached" });
  expect(await session.page.getByText(localText).count()).toBe(1);
});
