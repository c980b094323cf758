import { expect, test } from "vitest";
import { cloudLinks, starterLink, status } from "../support/fixtures.ts";
import { withBrowser } from "../support/page.ts";
import { local } from "../support/scripts.ts";

const { open } = withBrowser();

test("without a provider the page says what works now", async () => {
  await using session = await open(local);
  const card = session.page.getByRole("region", { name: "What works now" });
  await card.getByText("No provider yet. Offline answers come from the starter model.").waitFor();
});

test("with a provider the card lists the links in their order and no longer asks for one", async () => {
  await using session = await open(local, (app) => {
    app.status.value = status({ links: [...cloudLinks, starterLink] });
  });
  const rows = session.page.getByRole("region", { name: "What works now" }).locator("ol > li");
  await rows.nth(2).waitFor();
  expect(await rows.allInnerTexts()).toEqual([
    expect.stringContaining("primary"),
    expect.stringContaining("second"),
    expect.stringContaining("last-line"),
  ]);
  expect(await session.page.getByRole("button", { name: "Add a provider", exact: true }).count()).toBe(0);
});

test("an example question is asked with one press", async () => {
  await using session = await open(local);
  await session.page.getByRole("button", { name: "What happens when I lose my connection?" }).click();
  await session.page.getByRole("article", { name: "Answer" }).getByText("asks the next link").waitFor();
});

test("Add a provider opens the choice of providers in the settings", async () => {
  await using session = await open(local);
  await session.page.getByRole("button", { name: "Add a provider", exact: true }).click();
  await session.page.getByRole("dialog", { name: "Add a provider" }).waitFor();
});

test("Get a better local model leads to the models", async () => {
  await using session = await open(local);
  await session.page.getByRole("button", { name: "Get a better local model" }).click();
  await session.page.getByRole("heading", { name: "Models", exact: true }).waitFor();
});
