import { expect, test } from "vitest";
import { ask, withBrowser } from "../support/page.ts";
import { gate, local, slow } from "../support/scripts.ts";

const { open } = withBrowser();

test("a lost connection is said calmly, and the answer goes on when it is back", async () => {
  const door = gate();
  await using session = await open(slow("The tide turns ", "twice a day.", door));
  const { page, app } = session;
  await ask(page, "When does the tide turn?");
  await page.getByText("The tide turns").waitFor();
  app.accepting = false;
  app.dropSockets();
  await page.getByText("Reconnecting to Holdfast.").waitFor();
  door.open();
  app.accepting = true;
  await page.getByText("The tide turns twice a day.").waitFor();
  await page.getByText("Reconnecting to Holdfast.").waitFor({ state: "detached" });
});

test("what is written while there is no connection is kept and can be sent afterwards", async () => {
  await using session = await open(local);
  const { page, app } = session;
  await page.getByText("What works now").waitFor();
  app.accepting = false;
  app.dropSockets();
  await page.getByText("Reconnecting to Holdfast.").waitFor();
  const composer = page.getByLabel("Your question");
  await composer.fill("Are you back?");
  await page.keyboard.press("Enter");
  expect(await composer.inputValue()).toBe("Are you back?");
  app.accepting = true;
  await page.locator("button:enabled", { hasText: "Send" }).click();
  await page.getByRole("article", { name: "Answer" }).waitFor();
});

test("a page whose app is gone for long says what to do", async () => {
  await using session = await open(local);
  const { page, app } = session;
  await page.getByText("What works now").waitFor();
  app.accepting = false;
  app.dropSockets();
  const advice = page.getByText("If you closed it, start it again and open the address that it shows.");
  const again = page.getByRole("button", { name: "Try now" });
  while (!(await advice.isVisible())) await again.click();
  expect(await advice.isVisible()).toBe(true);
});
