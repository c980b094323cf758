import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { discover, knownPlaces } from "../../electron/models/index.ts";

function homeForTest() {
  const home = mkdtempSync(join(tmpdir(), "holdfast-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const places = () => knownPlaces({ platform: "linux", home, env: { OLLAMA_MODELS: join(home, "ollama") } });
  return { home, write, places };
}

test("models of other programs are found where they lie, with the names that they have there", async () => {
  const { home, write, places } = homeForTest();
  const digest = "a".repeat(64);
  const layers = [
    { mediaType: "application/vnd.ollama.image.license", digest: `sha256:${"b".repeat(64)}` },
    { mediaType: "application/vnd.ollama.image.model", digest: `sha256:${digest}` },
  ];
  write("ollama/manifests/registry.ollama.ai/library/llama3.2/1b", JSON.stringify({ layers }));
  write(`ollama/blobs/sha256-${digest}`, "GGUF of Ollama");
  write(".lmstudio/models/publisher/model/small-Q4_K_M.gguf", "GGUF of LM Studio");
  write(".lmstudio/models/publisher/model/mmproj-small.gguf", "GGUF projector");
  write(".config/Jan/data/models/tiny/model.gguf", "GGUF of Jan");
  write(".local/share/nomic.ai/GPT4All/any.gguf", "GGUF of GPT4All");
  write(".cache/huggingface/hub/models--o--r/blobs/abc", "GGUF of the hub");
  mkdirSync(join(home, ".cache/huggingface/hub/models--o--r/snapshots/1"), { recursive: true });
  symlinkSync("../../blobs/abc", join(home, ".cache/huggingface/hub/models--o--r/snapshots/1/hub.gguf"));
  write(".cache/llama.cpp/plain.gguf", "GGUF of llama.cpp");
  write(".cache/llama.cpp/half.gguf", "not a model");
  const found = await discover(places());
  expect(found.map(({ id }) => id).toSorted()).toEqual([
    "gpt4all/any",
    "hugging-face/hub",
    "jan/tiny",
    "llama.cpp/plain",
    "lm-studio/small-Q4_K_M",
    "ollama/llama3.2:1b",
  ]);
  expect(found.find(({ origin }) => origin === "ollama")?.path).toBe(
    join(home, `ollama/blobs/sha256-${digest}`),
  );
});

test("a damaged manifest, one that leads elsewhere and a missing folder are passed over", async () => {
  const { write, places } = homeForTest();
  write("ollama/manifests/registry.ollama.ai/library/broken/latest", "{");
  write(
    "ollama/manifests/registry.ollama.ai/library/evil/latest",
    JSON.stringify({
      layers: [{ mediaType: "application/vnd.ollama.image.model", digest: "sha256:../../secret" }],
    }),
  );
  expect(await discover(places())).toEqual([]);
});
