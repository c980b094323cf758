import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeOllama } from "../fixtures/ollama-server.ts";
import { temporaryFolder } from "../hosts/support/program.ts";
import { startHost } from "./support/host.ts";
import { askAnew, badge, ended, launchBrowser, notices, visit } from "./support/page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test("a model that Ollama lacks is offered with the answer, pulled with progress, used, and named by the badge", async () => {
  using folder = temporaryFolder();
  const tiny = {
    name: "tiny:latest",
    contextLength: 8_192,
    capabilities: ["completion"],
    sizeBytes: 800_000,
    says: "Ollama answers.",
  };
  await using server = await FakeOllama.start({ library: [tiny] });
  const half = Promise.withResolvers<void>();
  server.beforeStep = (done, total) => (done < total / 2 ? Promise.resolve() : half.promise);
  await using host = await startHost({
    dataDir: folder.path,
    offline: true,
    env: { HOME: folder.path },
    config: {
      fallback_chain: [{ id: "small", provider: "ollama", model: "tiny", base_url: server.url }],
      health: { probes: false },
    },
  });
  await using at = await visit(browser, host);
  const { page } = at;
  await askAnew(page, "When does the tide turn?");
  const refused = await ended(page);
  expect((await notices(refused)).join()).toContain("Ollama does not have tiny, the model of small.");
  await refused.getByRole("button", { name: "Get the model" }).click();
  await page.getByRole("button", { name: "Get the model tiny" }).click();
  const pull = page
    .getByRole("list", { name: "Ollama's downloads" })
    .getByRole("listitem", { name: "tiny:latest" });
  await expect.poll(() => pull.getByRole("progressbar").getAttribute("value")).toBe("400000");
  await pull.getByText("400 kB of 800 kB").waitFor();
  await pull.getByRole("button", { name: "Pause tiny:latest" }).click();
  await pull.getByText("Paused").waitFor();
  half.resolve();
  await pull.getByRole("button", { name: "Resume tiny:latest" }).click();
  const model = page
    .getByRole("list", { name: "Ollama's models" })
    .getByRole("listitem", { name: "tiny:latest" });
  await model.getByText("in the chain as small").waitFor();
  await pull.waitFor({ state: "detached" });
  await askAnew(page, "And now?");
  const answer = await ended(page);
  await answer.getByText("Ollama answers.").waitFor();
  expect(await badge(answer).textContent()).toBe("Local");
  expect(at.complaints).toEqual([]);
});
