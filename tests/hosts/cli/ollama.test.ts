import { expect, onTestFinished, test } from "vitest";
import { writeFakeOllama } from "../../fixtures/ollama-program.ts";
import { FakeOllama } from "../../fixtures/ollama-server.ts";
import { refusedUrl } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";

const tiny = {
  name: "tiny:latest",
  contextLength: 8_192,
  capabilities: ["completion"],
  says: "Small, but here.",
};

async function fake(): Promise<FakeOllama> {
  const server = await FakeOllama.start({ library: [tiny] });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

test("a missing model is told with the command that gets it, pulled by that in spite of Ctrl+C, and answers", async () => {
  const server = await fake();
  const half = Promise.withResolvers<void>();
  server.beforeStep = (done, total) => {
    if (done < total / 2) return Promise.resolve();
    half.resolve();
    return new Promise(() => {});
  };
  const line = new CommandLine({
    fallback_chain: [{ id: "small", provider: "ollama", model: "tiny", base_url: server.url }],
  });
  const before = await line.run(["ask", "Are you there?"]);
  expect(before.code).toBe(20);
  expect(before.stderr).toContain("holdfast models ollama pull tiny");
  const shown = await line.run(["models", "ollama"]);
  expect(shown.stdout).toContain('The link "small" needs tiny.');
  const interrupted = line.start(["models", "ollama", "pull", "tiny"]);
  await half.promise;
  interrupted.child.kill("SIGINT");
  expect((await interrupted.ended).code).toBe(130);
  server.beforeStep = () => Promise.resolve();
  const pulled = await line.run(["models", "ollama", "pull", "tiny"]);
  expect(pulled).toMatchObject({ code: 0, stdout: expect.stringContaining("tiny is here.") });
  const after = await line.run(["ask", "Are you there?"]);
  expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining("Small, but here.") });
  expect(after.stderr).toContain("[Local] small");
});

test("a model that Ollama's library does not have fails with a sentence", async () => {
  const server = await fake();
  const line = new CommandLine({
    fallback_chain: [{ id: "small", provider: "ollama", model: "tiny", base_url: server.url }],
  });
  const pulled = await line.run(["models", "ollama", "pull", "nothing"]);
  expect(pulled).toMatchObject({ code: 1, stderr: expect.stringContaining("https://ollama.com/library") });
});

test("an Ollama that is installed and does not run is started for the question, and stopped with the command", async () => {
  const url = await refusedUrl();
  const line = new CommandLine({
    fallback_chain: [{ id: "small", provider: "ollama", model: "tiny", base_url: url }],
  });
  writeFakeOllama(line.folder);
  const env = { PATH: `${line.folder}:/usr/bin:/bin` };
  const answered = await line.run(["ask", "Are you there?"], { env });
  expect(answered).toMatchObject({ code: 0, stdout: expect.stringContaining("Started for you.") });
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("servers are looked for on a port that is named, and the model of one is added", async () => {
  const server = await fake();
  server.models.set(tiny.name, tiny);
  const line = new CommandLine();
  const port = new URL(server.url).port;
  const seen = await line.run(["models", "servers", "--port", port]);
  expect(seen.stdout).toContain(`Ollama 0.40.2  ${server.url}`);
  const added = await line.run(["models", "servers", "--port", port, "--add", "tiny:latest"]);
  expect(added.stdout).toContain('The link "ollama" asks tiny:latest now.');
  const answered = await line.run(["ask", "Are you there?"]);
  expect(answered.stdout).toContain("Small, but here.");
});
