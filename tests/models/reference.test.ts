import { expect, test } from "vitest";
import { parseReference } from "../../electron/models/index.ts";

const hub = "https://mirror.example/hf";
const read = (text: string, there = false) => parseReference(text, hub, () => there);

test.each([
  ["llama-3.2-1b", { type: "catalogue", id: "llama-3.2-1b" }],
  ["owner/Repo-GGUF", { type: "hub", repository: "owner/Repo-GGUF", revision: "main", wanted: null }],
  ["hf:owner/repo:Q4_K_M", { type: "hub", repository: "owner/repo", revision: "main", wanted: "Q4_K_M" }],
  [
    "https://huggingface.co/owner/repo/blob/v2/sub/a.gguf",
    { type: "hub", repository: "owner/repo", revision: "v2", wanted: "sub/a.gguf" },
  ],
  ["https://example.org/a.gguf", { type: "url", url: "https://example.org/a.gguf" }],
  ['"/models/with blank.gguf"', { type: "path", path: "/models/with blank.gguf" }],
])("%s is understood", (text, reference) => {
  expect(read(text)).toEqual(reference);
});

test("a relative path counts as one where the file is there", () => {
  expect(read("owner/repo", true)).toEqual({ type: "path", path: "owner/repo" });
});

test.each(["ftp://example.org/a.gguf", "What is this?", "../up", "file:///etc/passwd"])(
  "%s is refused with what would be understood",
  (text) => {
    expect(() => read(text)).toThrowError(expect.objectContaining({ kind: "invalid" }));
  },
);
