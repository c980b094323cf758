import { expect, test } from "vitest";
import { closed, cloudLinks, noBudget, starterLink, status } from "../support/fixtures.ts";
import { withBrowser } from "../support/page.ts";
import { local } from "../support/scripts.ts";

const { open } = withBrowser();

test("the level is chosen from a menu that says of each what works, by keyboard too", async () => {
  await using session = await open(local);
  const { page, app } = session;
  await page.getByRole("button", { name: "Level Full" }).focus();
  await page.keyboard.press("Enter");
  const choices = page.getByRole("menuitemradio");
  await choices.first().waitFor();
  expect(await choices.allInnerTexts()).toEqual([
    expect.stringMatching(/^Full\s+Every link/),
    expect.stringMatching(/^Reduced\s+Only links/),
    expect.stringMatching(/^Minimal\s+Only links/),
    expect.stringMatching(/^Cached\s+No link is asked/),
    expect.stringMatching(/^Offline\s+Nothing answers/),
  ]);
  expect(await choices.first().getAttribute("aria-checked")).toBe("true");
  await choices.nth(2).click();
  await page.getByRole("button", { name: "Level Minimal set by hand" }).waitFor();
  expect(app.status.value.ceiling).toBe("minimal");
  expect(session.complaints).toEqual([]);
});

test("a level that the chain went down to stands apart from the one that was set", async () => {
  await using session = await open(local, (app) => {
    app.status.value = status({ level: "minimal", ceiling: "reduced" });
  });
  const { page } = session;
  await page.getByRole("button", { name: "Level Minimal now, set to Reduced" }).click();
  await page.getByText("The chain went down to Minimal by itself").waitFor();
  await page.getByRole("menuitemradio", { name: "Reduced", checked: true }).waitFor();
});

test("a link's light says whether its breaker leaves it alone, and counts down to when it is tried again", async () => {
  const [primary, second] = cloudLinks;
  if (primary === undefined || second === undefined) throw new Error("two links are needed");
  const until = new Date(Date.now() + 3_000);
  await using session = await open(local, (app) => {
    app.status.value = status({
      links: [
        { ...primary, circuit: { ...primary.circuit, state: "open", opens_until: until.toISOString() } },
        { ...second, circuit: { ...closed, state: "half_open" } },
        { ...primary, id: "third" },
        starterLink,
      ],
    });
  });
  const lights = session.page.getByRole("list", { name: "Links, in the order of the chain" });
  await lights.getByRole("listitem").nth(3).waitFor();
  const texts = await lights.getByRole("listitem").allInnerTexts();
  expect(texts[0]).toMatch(/primary\s+(left alone for [123] s|asked again next)/);
  expect(texts[1]).toMatch(/second\s+trying again/);
  // What it took when it last answered is of no use beside a link that fails now.
  expect(texts[2]).toMatch(/^third\s+failing$/);
  expect(texts[3]).toBe("last-line");
  await lights.getByText("asked again next").waitFor();
});

test("what keeps links beyond this machine from being reached is said in words", async () => {
  await using session = await open(local, (app) => {
    app.status.value = status({ offline: "sign_in_page" });
  });
  const { page, app } = session;
  const sign = page.getByRole("status").getByText("Sign-in page");
  await sign.hover();
  await page.getByRole("tooltip").getByText("open a browser and sign in").waitFor({ state: "attached" });
  app.status.value = status();
  await sign.waitFor({ state: "detached" });
});

test("the budget shows what was spent of the cap, warns, and says when it is reached", async () => {
  await using session = await open(local);
  const { page, app } = session;
  const bar = page.getByRole("contentinfo");
  await page.getByRole("button", { name: "Level Full" }).waitFor();
  expect(await bar.getByText("Budget").count()).toBe(0);
  app.status.value = status({
    budget: { ...noBudget, spent_usd: 17, cap_usd: 20, share: 0.85, warning: true },
  });
  await bar.getByText("$17.00 of $20.00").waitFor();
  await bar.getByText("nearly reached").waitFor();
  app.status.value = status({
    budget: { ...noBudget, spent_usd: 20.5, cap_usd: 20, share: 1.025, warning: true, reached: true },
  });
  await bar.getByText("$20.50 of $20.00").waitFor();
  await bar.getByText("reached", { exact: true }).waitFor();
});

test("the budget opens on what each link cost; Escape closes it, and the focus is back", async () => {
  const spend = { estimated_usd: 0, input_tokens: 1, output_tokens: 1, unpriced_attempts: 0 };
  await using session = await open(local, (app) => {
    const by_link = [
      { link: "primary", usd: 16, attempts: 210, ...spend },
      { link: "second", usd: 1, attempts: 1, ...spend },
    ];
    app.status.value = status({
      budget: { ...noBudget, spent_usd: 17, cap_usd: 20, share: 0.85, warning: true, by_link },
    });
  });
  const { page } = session;
  const button = page.getByRole("button", { name: /^Budget \$17\.00 of \$20\.00/ });
  await button.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Budget of this month" });
  expect(await panel.getByRole("row").allInnerTexts()).toEqual([
    expect.stringMatching(/primary\s+\$16\.00\s+210 attempts/),
    expect.stringMatching(/second\s+\$1\.00\s+1 attempt$/),
  ]);
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(session.complaints).toEqual([]);
});
