import { expect, test } from "vitest";
import { ask, withBrowser } from "../support/page.ts";
import { local } from "../support/scripts.ts";

const { open } = withBrowser();
const sentence = "Nothing of this conversation leaves this machine";

test("a new conversation can be local-only before its first question, and stays so", async () => {
  await using session = await open(local);
  const { page, app } = session;
  const toggle = page.getByRole("switch", { name: "Local-only" });
  await toggle.focus();
  await page.keyboard.press("Space");
  await page.getByRole("status").getByText(sentence).waitFor();
  await ask(page, "What can you do?");
  await page.getByRole("article", { name: "Answer" }).waitFor();
  expect([...app.conversations.values()].map((one) => one.local_only)).toEqual([true]);
  expect(await toggle.getAttribute("aria-checked")).toBe("true");
  await page.getByRole("link", { name: "Local-only: What can you do?" }).waitFor();
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByText(sentence).waitFor({ state: "detached" });
  expect(session.complaints).toEqual([]);
});

test("a local-only conversation has a frame and a band of its own, which go only after a question", async () => {
  await using session = await open(local, (app) => {
    app.seed("Diary", [], true);
    app.seed("Tides", []);
  });
  const { page, app } = session;
  const frame = page.locator("[data-local-only]");
  const border = () => frame.evaluate((element) => getComputedStyle(element).borderLeftWidth);
  await page.getByRole("link", { name: "Tides" }).click();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  expect(await border()).toBe("0px");
  await page.getByRole("link", { name: "Local-only: Diary" }).click();
  await page.getByRole("status").getByText(sentence).waitFor();
  expect(await border()).not.toBe("0px");
  const toggle = page.getByRole("switch", { name: "Local-only" });
  await toggle.click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep it local-only" }).click();
  expect(await toggle.getAttribute("aria-checked")).toBe("true");
  await toggle.click();
  await page.getByRole("dialog").getByRole("button", { name: "Let it leave" }).click();
  await page.getByRole("status").getByText(sentence).waitFor({ state: "detached" });
  expect([...app.conversations.values()].some((one) => one.local_only)).toBe(false);
});

test("a switch that did not reach the app says so, and the conversation keeps its look", async () => {
  await using session = await open(local, (app) => void app.seed("Tides", []));
  const { page, app } = session;
  await page.getByRole("link", { name: "Tides" }).click();
  await page.getByRole("heading", { name: "Tides" }).waitFor();
  app.conversations.clear();
  await page.getByRole("switch", { name: "Local-only" }).click();
  await page.getByText("The conversation is not local-only yet.").waitFor();
  expect(await page.getByText(sentence).count()).toBe(0);
});
