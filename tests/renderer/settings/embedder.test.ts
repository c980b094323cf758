import { expect, test } from "vitest";
import type { FakeApp } from "../support/fake-app.ts";
import { withBrowser } from "../support/page.ts";
import { local } from "../support/scripts.ts";

const { open } = withBrowser();

/** The section of the settings in which the embedder is chosen. */
async function openSection(prepare: (app: FakeApp) => void = () => {}) {
  const session = await open(local, prepare);
  await session.page.getByRole("link", { name: "Settings" }).click();
  const section = session.page.getByRole("region", { name: "Earlier answers" });
  await section.getByRole("radio", { name: "The built-in one" }).waitFor();
  return { ...session, section, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
}

test("a server's embedder is tested, saved and taken back", async () => {
  await using session = await openSection((app) => {
    app.settings.config = { cache: { ttl: "30d" } };
  });
  const { section, app } = session;
  await section.getByRole("radio", { name: "Ollama" }).click();
  await section.getByLabel("Model of the embedder").fill("nomic-embed-text");
  await section.getByRole("button", { name: "Test it" }).click();
  await section.getByText("It works: 768 dimensions, one sentence in").waitFor();
  expect(app.settings.config.cache).toEqual({ ttl: "30d" });
  await section.getByRole("button", { name: "Use this embedder" }).click();
  await expect
    .poll(() => app.settings.config.cache)
    .toEqual({
      ttl: "30d",
      embedder: { provider: "ollama", model: "nomic-embed-text" },
    });
  await section.getByRole("button", { name: "Use this embedder" }).waitFor({ state: "detached" });
  await section.getByRole("radio", { name: "The built-in one" }).click();
  await section.getByRole("button", { name: "Use this embedder" }).click();
  await expect.poll(() => app.settings.config.cache?.embedder).toBeUndefined();
});

test("what is wrong is said at its field in the config's words, and nothing is saved", async () => {
  await using session = await openSection();
  const { section, app } = session;
  await section.getByRole("radio", { name: "Another server" }).click();
  await section.getByLabel("Address of its server").fill("https://embed.example.org/v1");
  await section.getByRole("button", { name: "Use this embedder" }).click();
  await section.getByText("The model is empty: write the name of a model.").waitFor();
  await section.getByText("is not an http or https address on this machine, such as").waitFor();
  expect(await section.getByLabel("Address of its server").getAttribute("aria-invalid")).toBe("true");
  await section.getByRole("radio", { name: "A GGUF file" }).click();
  await section.getByRole("button", { name: "Test it" }).click();
  await section.getByText("The path is empty: write the path of a GGUF file.").waitFor();
  expect(app.settings.config.cache).toBeUndefined();
});

test("a test that fails says why", async () => {
  await using session = await openSection();
  const { section } = session;
  await section.getByRole("radio", { name: "A GGUF file" }).click();
  await section.getByLabel("Path of the file").fill("/nowhere/other.gguf");
  await section.getByRole("button", { name: "Test it" }).click();
  await section.getByText("There is no file /nowhere/other.gguf.").waitFor();
});

test("says how many entries the embedder has still to read, until none is left", async () => {
  await using session = await openSection((app) => {
    app.unembedded = 1_200;
  });
  await session.section.getByText("1,200 earlier questions still wait").waitFor();
  session.app.unembedded = 0;
  await session.section.getByText("still wait").waitFor({ state: "detached" });
});
