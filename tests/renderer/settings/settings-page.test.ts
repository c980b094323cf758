import { expect, test } from "vitest";
import type { LinkConfig } from "../../../electron/contract/index.ts";
import type { FakeApp } from "../support/fake-app.ts";
import { attempt, cloudLinks, keychain, noBudget, starterLink, status } from "../support/fixtures.ts";
import { withBrowser } from "../support/page.ts";
import { local } from "../support/scripts.ts";

const { open } = withBrowser();

const starter: LinkConfig = { id: "last-line", provider: "llama", model: "resources/models/starter.gguf" };
const chain: LinkConfig[] = [
  { id: "primary", provider: "openai", model: "gpt-5" },
  { id: "second", provider: "anthropic", model: "claude-sonnet-5", api_key_env: "ANTHROPIC_API_KEY" },
  starter,
];

/** The settings page over a chain of three links. */
async function openSettings(prepare: (app: FakeApp) => void = () => {}) {
  const session = await open(local, (app) => {
    app.settings.config = { fallback_chain: chain };
    app.status.value = status({ links: [...cloudLinks, starterLink] });
    prepare(app);
  });
  await session.page.getByRole("link", { name: "Settings" }).click();
  await session.page.getByRole("heading", { name: "Providers and their order" }).waitFor();
  return session;
}

const ids = (app: FakeApp) => app.settings.config.fallback_chain?.map((link) => link.id);

test("a provider is added from its preset, before the local link, with its key", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("button", { name: "Add a provider" }).click();
  await page.getByRole("button", { name: "OpenAI", exact: true }).click();
  await page.getByLabel("Model").fill("gpt-5-mini");
  await page.getByLabel("Key", { exact: true }).fill("sk-test");
  await page.getByRole("button", { name: "Add to the chain" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(ids(app)).toEqual(["primary", "second", "openai", "last-line"]);
  expect(app.settings.config.fallback_chain?.[2]).toMatchObject({
    provider: "openai",
    model: "gpt-5-mini",
    price: { input: 0.25, output: 2 },
  });
  expect(app.keys.get("openai")).toBe("sk-test");
  expect(JSON.stringify(app.settings)).not.toContain("sk-test");
});

test("a first provider keeps the links that are in force without a config", async () => {
  await using session = await openSettings((app) => {
    app.settings.config = {};
    app.status.value = status();
  });
  const { page, app } = session;
  await page.getByRole("button", { name: "Add a provider" }).click();
  await page.getByRole("button", { name: "Anthropic" }).click();
  await page.getByRole("button", { name: "Add to the chain" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(ids(app)).toEqual(["anthropic", "last-line"]);
});

test("a chain that was changed elsewhere is read again when the page is opened", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("link", { name: "New conversation" }).click();
  app.settings = { ...app.settings, config: { fallback_chain: [{ ...starter, id: "from-elsewhere" }] } };
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("listitem", { name: "from-elsewhere" }).waitFor();
});

test("what is wrong in the form is said at its field, and nothing is saved", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("button", { name: "Edit second" }).click();
  await page.getByLabel("Time limit").fill("soon");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("is not a duration: write a number").waitFor();
  expect(await page.getByLabel("Time limit").getAttribute("aria-invalid")).toBe("true");
  expect(app.settings.config.fallback_chain).toEqual(chain);
});

test("an edited link is saved, and the others stay", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("button", { name: "Edit second" }).click();
  await page.getByLabel("Time limit").fill("20s");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(app.settings.config.fallback_chain).toEqual([chain[0], { ...chain[1], timeout: "20s" }, chain[2]]);
});

test("a link is moved by keyboard alone", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  const handle = page.getByRole("button", { name: "Move last-line", exact: true });
  await handle.focus();
  await page.keyboard.press("Space");
  await page.getByText("last-line is at place 3 of 3.").waitFor({ state: "attached" });
  await page.keyboard.press("ArrowUp");
  await page.getByText("last-line is at place 2 of 3.").waitFor({ state: "attached" });
  await page.keyboard.press("Space");
  await page.getByText("last-line was put down at place 2 of 3.").waitFor({ state: "attached" });
  await expect.poll(() => ids(app)).toEqual(["primary", "last-line", "second"]);
});

test("a link is moved by dragging its handle", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  const from = await page.getByRole("button", { name: "Move primary", exact: true }).boundingBox();
  const to = await page.getByRole("button", { name: "Move second", exact: true }).boundingBox();
  if (from === null || to === null) throw new Error("a handle is not on the page");
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x + 5, from.y + 30, { steps: 4 });
  await page.mouse.move(to.x + 5, to.y + 15, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => ids(app)).toEqual(["second", "primary", "last-line"]);
});

test("a link is moved with its buttons", async () => {
  await using session = await openSettings();
  await session.page.getByRole("button", { name: "Move primary down" }).click();
  await expect.poll(() => ids(session.app)).toEqual(["second", "primary", "last-line"]);
});

test("a link is removed with its key, after a question", async () => {
  await using session = await openSettings((app) => {
    app.secrets = { ...keychain, present: { primary: "stored" } };
    app.keys.set("primary", "sk-old");
  });
  const { page, app } = session;
  await page.getByRole("button", { name: "Remove primary" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect.poll(() => app.keys.has("primary")).toBe(false);
  expect(ids(app)).toEqual(["second", "last-line"]);
});

test("a test that goes well says how long it took", async () => {
  await using session = await openSettings();
  await session.page.getByRole("button", { name: "Test primary" }).click();
  await session.page.getByText("It answered in 320 ms").waitFor();
});

test("a test that fails gives the reason and the provider's words", async () => {
  await using session = await openSettings((app) => {
    const failed = attempt({ outcome: "failed", kind: "auth", message: "Incorrect API key provided." });
    app.testResult = { ok: false, attempt: failed };
  });
  await session.page.getByRole("button", { name: "Test primary" }).click();
  await session.page.getByText("Failed: the key was rejected. Incorrect API key provided.").waitFor();
});

test("a key is tried before it is saved", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("button", { name: "Edit primary" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key", { exact: true }).fill("sk-try");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText("It answered in").waitFor();
  expect(app.tested).toEqual([{ link: chain[0], key: "sk-try" }]);
  expect(app.keys.size).toBe(0);
});

test("where no key can be saved, the page says why and asks for a variable", async () => {
  await using session = await openSettings((app) => {
    app.secrets = {
      kind: "environment",
      writable: false,
      detail: "This machine has no keychain, so keys are read from environment variables.",
      present: {},
    };
  });
  const { page, app } = session;
  await page.getByRole("button", { name: "Edit primary" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("This machine has no keychain").waitFor();
  await dialog.getByLabel("Environment variable").fill("MY_KEY");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(app.settings.config.fallback_chain?.[0]).toMatchObject({ api_key_env: "MY_KEY" });
});

test("with a config file the page names it and changes nothing", async () => {
  await using session = await openSettings((app) => {
    app.status.value = status({ config_file: "/etc/holdfast.yaml", links: [...cloudLinks, starterLink] });
  });
  const { page } = session;
  await page.getByText("/etc/holdfast.yaml").waitFor();
  for (const name of ["Add a provider", "Edit primary", "Move primary down", "Remove primary"]) {
    expect(await page.getByRole("button", { name }).count(), name).toBe(0);
  }
  expect(await page.getByRole("button", { name: "Test primary" }).isEnabled()).toBe(true);
});

test("the rule for failures and the deadline are saved, and a wrong deadline is refused in words", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("radio", { name: /Only what may pass/ }).click();
  await expect.poll(() => app.settings.config.skip).toBe("retryable_only");
  await page.getByLabel("Deadline").fill("soon");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText('The deadline "soon" is not a duration').waitFor();
  await page.getByLabel("Deadline").fill("90s");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => app.settings.config.deadline).toBe("90s");
});

test("the theme changes at once and holds over a reload", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole("radio", { name: "Dark" }).click();
  await expect.poll(paper).not.toBe(light);
  await page.reload();
  await page.getByRole("radio", { name: "Dark", checked: true }).waitFor();
  expect(await paper()).not.toBe(light);
  expect(app.settings.theme).toBe("dark");
  expect(session.complaints).toEqual([]);
});

test("the gateway is off until it is turned on, and then shows its address and, when asked, its token", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  const gateway = page.getByRole("region", { name: "Gateway" });
  expect(await gateway.getByRole("radio", { name: "Off" }).isChecked()).toBe(true);
  await gateway.getByRole("radio", { name: "On" }).click();
  await gateway.getByText("http://127.0.0.1:4141/v1").waitFor();
  expect(app.gateway.enabled).toBe(true);
  await gateway.getByRole("button", { name: "Show token" }).click();
  await gateway.getByText("token-of-this-session").waitFor();
  await gateway.getByRole("button", { name: "Make a new token" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  await gateway.getByText("made-up-").waitFor();
});

test("the outbox and the month's cap are set, and a wrong cap is refused in the config's words", async () => {
  await using session = await openSettings((app) => {
    const by_link = [
      {
        link: "primary",
        usd: 3,
        estimated_usd: 0,
        input_tokens: 9,
        output_tokens: 9,
        attempts: 12,
        unpriced_attempts: 0,
      },
    ];
    app.status.value = {
      ...app.status.value,
      budget: { ...noBudget, spent_usd: 3, by_link },
    };
  });
  const { page, app } = session;
  await page.getByRole("radio", { name: "Only what I put in" }).click();
  await expect.poll(() => app.settings.config.outbox).toEqual({ enabled: false });
  const cap = page.getByLabel("Most that a month may cost");
  await cap.fill("-5");
  await cap.press("Enter");
  await page.getByText("The cap -5 is too small: it must be at least 0.").waitFor();
  await cap.fill("20");
  await cap.press("Enter");
  await expect.poll(() => app.settings.config.budget).toEqual({ monthly_usd: 20 });
  const costs = page.getByRole("region", { name: "Budget" }).getByRole("table");
  expect(await costs.getByRole("row").textContent()).toMatch(/primary\s*\$3\.00\s*12 attempts/);
  await cap.fill("");
  await cap.press("Enter");
  await expect.poll(() => app.settings.config.budget?.monthly_usd).toBeUndefined();
});

test("a link gets a price and a breaker of its own", async () => {
  await using session = await openSettings();
  const { page, app } = session;
  await page.getByRole("button", { name: "Edit primary" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Price and breaker").click();
  await dialog.getByLabel("Price of what is sent").fill("1");
  await dialog.getByLabel("Failures in a row").fill("2");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("The price of what is answered is missing").waitFor();
  await dialog.getByLabel("Price of what is answered").fill("8");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(app.settings.config.fallback_chain?.[0]).toMatchObject({
    price: { input: 1, output: 8 },
    breaker: { failure_threshold: 2 },
  });
});
