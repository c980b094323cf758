import { expect, test } from "vitest";
import type { EngineStatus, ModelFit, ModelsState } from "../../../electron/contract/index.ts";
import type { FakeApp } from "../support/fake-app.ts";
import { fits, installedModel, modelsState } from "../support/fake-models.ts";
import { withBrowser } from "../support/page.ts";
import { offline } from "../support/scripts.ts";

const { open } = withBrowser();

const openModels = async (prepare: (app: FakeApp) => void = () => {}) => {
  const session = await open(offline, prepare);
  await session.page.getByRole("link", { name: "Models" }).click();
  return session;
};

const setEngine = (app: FakeApp, engine: Partial<EngineStatus>) => {
  app.status.value = { ...app.status.value, engine: { ...app.status.value.engine, ...engine } };
};

function entry(name: string, fit: Partial<ModelFit>): ModelsState["available"][number] {
  return {
    id: name.toLowerCase(),
    name,
    kind: "chat",
    repository: "owner/some-GGUF",
    file: `${name}.gguf`,
    quantisation: "Q4_K_M",
    parameters: 1e9,
    size_bytes: 8e8,
    sha256: null,
    licence: "apache-2.0",
    context: 8192,
    memory_bytes: 1.4e9,
    active_share: 1,
    strengths: "Short answers.",
    fit: { ...fits, ...fit },
  };
}

test("the memory's bar shows the model that is loaded, its context and what is free, and tells models of like names apart", async () => {
  const small = installedModel({
    id: "llama",
    name: "Llama",
    path: "/models/llama.gguf",
    size_bytes: 1e9,
    fit: { ...fits, memory_bytes: 1.5e9 },
  });
  const other = installedModel({ id: "tinyllama", name: "TinyLlama", path: "/models/tinyllama.gguf" });
  await using session = await openModels((app) => {
    app.models.state.value = modelsState({ installed: [other, small] });
    setEngine(app, { state: "idle", model: "llama.gguf", device: "cpu" });
  });
  const { page, app } = session;
  const bar = page.getByRole("img", { name: /^Memory:/ });
  await bar.waitFor();
  await expect
    .poll(() => bar.getAttribute("aria-label"))
    .toBe("Memory: Model 1.0 GB, Context 500 MB, Everything else 5.5 GB, Free 9.0 GB");
  setEngine(app, { state: "stopped", model: null });
  await expect.poll(() => bar.getAttribute("aria-label")).toContain("Model 0");
  await page.getByText("not started").waitFor();
  expect(session.complaints).toEqual([]);
});

test("the machine and a single model are measured by a press", async () => {
  await using session = await openModels();
  const { page, app } = session;
  await page.getByRole("button", { name: "Measure this machine" }).click();
  await page.getByText("starter answered with 31.4 tokens a second.").waitFor();
  await page.getByRole("button", { name: "Measure Starter" }).click();
  await page.getByText("31.4 tokens a second on cpu.").waitFor();
  expect(app.models.asked).toEqual(["benchmark null", "benchmark starter"]);
  expect(session.complaints).toEqual([]);
});

test("what does not fit says why and can't be downloaded; what fits can", async () => {
  const reason = "It needs about 20 GB of memory; this machine has 16 GB.";
  await using session = await openModels((app) => {
    app.models.state.value = modelsState({
      available: [entry("Huge", { verdict: "too_large", reason }), entry("Small", {})],
    });
  });
  const { page, app } = session;
  const huge = page.getByRole("listitem", { name: "Huge", exact: true });
  await huge.getByText(reason).waitFor();
  expect(await huge.getByRole("button").isDisabled()).toBe(true);
  const small = page.getByRole("listitem", { name: "Small", exact: true });
  await small.getByText("about 12 tokens a second").waitFor();
  await small.getByRole("button", { name: "Download Small" }).click();
  await small.getByText("It is being downloaded.").waitFor();
  expect(app.models.asked).toEqual(["add small"]);
  expect(session.complaints).toEqual([]);
});

test("a file that is dropped on the window is used where it lies", async () => {
  await using session = await openModels();
  const { page, app } = session;
  const zone = page.getByRole("region", { name: "Add a model" });
  await zone.waitFor();
  const files = await page.evaluateHandle(() => {
    // As the preload script of the desktop does it.
    window.holdfast = { desktop: true, pathOf: (file) => `/home/person/${file.name}` };
    const carried = new DataTransfer();
    carried.items.add(new File(["GGUF"], "mine.gguf"));
    return carried;
  });
  await zone.dispatchEvent("drop", { dataTransfer: files });
  await expect.poll(() => app.models.asked).toEqual(["add /home/person/mine.gguf"]);
  expect(session.complaints).toEqual([]);
});

test("a model that is set aside says after how many crashes and why, and can be tried again", async () => {
  const path = "/models/broken.gguf";
  await using session = await openModels((app) => {
    app.models.state.value = modelsState({
      installed: [installedModel({ id: "broken", name: "Broken", path })],
    });
    setEngine(app, {
      set_aside: [
        {
          path,
          name: "broken.gguf",
          crashes: 3,
          kind: "engine_crashed",
          reason: "GGML_ASSERT failed.",
          at: "2026-01-01T00:00:00.000Z",
        },
      ],
    });
  });
  const { page } = session;
  const broken = page.getByRole("listitem", { name: "Broken", exact: true });
  await broken.getByText("Set aside after 3 crashes: GGML_ASSERT failed.").waitFor();
  await broken.getByRole("button", { name: "Try again: Broken" }).click();
  await broken.getByText("It will be tried again.").waitFor();
  expect(session.complaints).toEqual([]);
});
