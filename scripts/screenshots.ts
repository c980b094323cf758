// Takes the pictures in docs/screenshots from the real app, in both themes: `npm run build`, then
// `node scripts/screenshots.ts`. A server on loopback plays the providers, so no key and no network are needed.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import type { Config } from "../electron/contract/index.ts";
import { connect } from "../tests/e2e/support/client.ts";
import { startHost } from "../tests/e2e/support/host.ts";
import { ask, badge, ended, launchBrowser, visit } from "../tests/e2e/support/page.ts";
import { answer, startUnruly, status } from "../tests/fixtures/unruly/index.ts";
import { temporaryFolder } from "../tests/hosts/support/program.ts";

const target = resolve(import.meta.dirname, "../docs/screenshots");
/** The server on loopback takes any key. */
const keys = { OPENAI_API_KEY: "any", ANTHROPIC_API_KEY: "any" };
const themes = ["light", "dark"] as const;
/** A laptop's window, and one that stands beside another. */
const widths = [1280, 800] as const;

const tides = `The Moon pulls the near side of the sea more strongly than the Earth itself, and the Earth more strongly than the far side. So the water stands higher on **both** sides, and the Earth turns through both in a day.

| | time between |
|---|---|
| high water and the next | 12 h 25 min |
| two days' high waters | 24 h 50 min |

To know how high the water stands between the two, the *rule of twelfths* is good enough:

\`\`\`ts
/** Share of the tidal range, after each hour of six. */
const twelfths = [1, 3, 6, 9, 11, 12].map((part) => part / 12);
\`\`\``;

/** The providers answer until they are told to fail. */
async function takeAll(): Promise<void> {
  mkdirSync(target, { recursive: true });
  await using providers = await startUnruly();
  using folder = temporaryFolder();
  await using host = await startHost({ dataDir: folder.path, env: keys });
  using client = await connect(host);
  await using browser = await launchBrowser();

  const shoot = async (name: string, page: Page) => {
    await page.mouse.move(0, 0);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await page.screenshot({ path: join(target, `${name}-${theme}-${width}.png`) });
      }
    }
    await page.setViewportSize({ width: widths[0], height: 800 });
  };

  await using visitor = await visit(browser, host);
  const { page } = visitor;
  await page.getByRole("region", { name: "What works now" }).waitFor();
  await shoot("first-run", page);

  const presets = await client.api.links.presets();
  const modelOf = (id: string) => presets.find((preset) => preset.id === id)?.models[0]?.id ?? "any";
  const config: Config = {
    fallback_chain: [
      {
        id: "openai",
        provider: "openai",
        model: modelOf("openai"),
        base_url: `${providers.url}/v1`,
        api_key_env: "OPENAI_API_KEY",
      },
      {
        id: "anthropic",
        provider: "anthropic",
        model: modelOf("anthropic"),
        base_url: providers.url,
        api_key_env: "ANTHROPIC_API_KEY",
      },
      ...((await client.api.settings.config()).fallback_chain ?? []),
    ],
  };
  await client.api.settings.setConfig(config);
  /** Opens the newest answer's badge, so that its attempts can be seen. */
  const openTimeline = async () => {
    await badge(await ended(page)).click();
    await page.getByRole("region", { name: "Timeline of attempts" }).waitFor();
    await page.getByRole("region", { name: "Conversation" }).evaluate((list) => list.scrollTo(0, 0));
  };

  const toldByBackup = answer({ text: tides, pieces: 60, delayMs: 12, firstDelayMs: 340 });
  providers.script((call) => (call.path.includes("messages") ? toldByBackup : status(503)));
  await ask(page, "Why are there two tides a day, and how do I know the height in between?");
  await openTimeline();
  await shoot("conversation", page);

  providers.script((call) => (call.path.includes("messages") ? status(401) : status(503)));
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByRole("region", { name: "What works now" }).waitFor();
  await ask(page, "What happens when I lose my connection?");
  await openTimeline();
  await shoot("local", page);

  // What only the local model answered waits for a better tier.
  await page.getByRole("link", { name: "Open the outbox" }).click();
  await page.getByText("What happens when I lose my connection?").last().waitFor();
  await shoot("outbox", page);

  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByRole("switch", { name: "Local-only" }).click();
  await ask(page, "What can you do?");
  await ended(page);
  await shoot("local-only", page);

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Test anthropic" }).waitFor();
  await shoot("settings", page);
  await page.getByRole("button", { name: "Add a provider", exact: true }).click();
  await shoot("add-a-provider", page);
}

await takeAll();
