import { expect, test } from "vitest";
import { ollamaModel, ollamaState } from "../support/fake-local.ts";
import { withBrowser } from "../support/page.ts";
import { offline } from "../support/scripts.ts";

const { open } = withBrowser();

test("an Ollama that does not run is started by a press, and what it says of itself follows", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await page.getByRole("link", { name: "Models" }).click();
  app.local.state.value = ollamaState({ state: "stopped", program: "/usr/bin/ollama" });
  await page.getByRole("button", { name: "Start Ollama" }).click();
  await expect.poll(() => app.local.asked).toContain("start");
  app.local.state.value = ollamaState({ state: "running", version: "0.40.2", started_here: true });
  await page.getByText("Ollama 0.40.2 runs at 127.0.0.1:11434, started by Holdfast.").waitFor();
  await page.getByRole("button", { name: "Stop Ollama" }).waitFor();
  expect(session.complaints).toEqual([]);
});

test("models say what they can do, those of its cloud that they are not here, and each is used or removed", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await page.getByRole("link", { name: "Models" }).click();
  const eyes = ollamaModel({ name: "eyes:2b", capabilities: ["completion", "vision"] });
  const cloud = ollamaModel({ name: "big:120b-cloud", remote_host: "ollama.com" });
  const vectors = ollamaModel({ name: "vectors:1b", capabilities: ["embedding"] });
  app.local.state.value = ollamaState({
    state: "running",
    version: "0.40.2",
    models: [eyes, cloud, vectors],
  });
  await page.getByRole("listitem", { name: "eyes:2b" }).getByText("sees images").waitFor();
  await page.getByText("Runs at ollama.com, not on this machine; counts as cloud").waitFor();
  expect(await page.getByRole("button", { name: "Use vectors:1b" }).count()).toBe(0);
  await page.getByRole("button", { name: "Use eyes:2b" }).click();
  await page.getByText('The link "ollama" runs it now.').waitFor();
  await page.getByRole("button", { name: "Remove eyes:2b" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect.poll(() => app.local.asked).toEqual(["use eyes:2b", "remove eyes:2b"]);
  expect(session.complaints).toEqual([]);
});

test("a pull that failed says why, and is resumed or cancelled", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await page.getByRole("link", { name: "Models" }).click();
  const failed = {
    name: "tiny:latest",
    state: "failed" as const,
    completed_bytes: 4e8,
    total_bytes: 8e8,
    bytes_per_second: null,
    seconds_left: null,
    error: "The connection broke.",
  };
  app.local.state.value = ollamaState({ state: "running", version: "0.40.2", pulls: [failed] });
  await page.getByRole("alert").getByText("The connection broke.").waitFor();
  await page.getByRole("button", { name: "Resume tiny:latest" }).click();
  await page.getByRole("button", { name: "Cancel tiny:latest" }).click();
  await expect.poll(() => app.local.asked).toEqual(["pull tiny:latest", "cancel tiny:latest"]);
  expect(session.complaints).toEqual([]);
});

test("other servers are looked for by a press only, and a model of one is added", async () => {
  await using session = await open(offline);
  const { page, app } = session;
  await page.getByRole("link", { name: "Models" }).click();
  app.local.servers.push({
    kind: "lm-studio",
    name: "LM Studio",
    base_url: "http://127.0.0.1:1234/v1",
    version: null,
    needs_key: false,
    models: [{ id: "granite-4", context: 4_096, vision: false, link: null }],
  });
  await page.getByRole("button", { name: "Look for local servers" }).waitFor();
  expect(app.local.asked).toEqual([]);
  await page.getByRole("button", { name: "Look for local servers" }).click();
  await page.getByRole("button", { name: "Add granite-4" }).click();
  await page.getByText('The link "lm-studio" asks granite-4 now.').waitFor();
  expect(app.local.asked).toEqual(["look", "add http://127.0.0.1:1234/v1 granite-4", "look"]);
  expect(session.complaints).toEqual([]);
});
