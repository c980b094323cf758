import type { InstalledModel, ModelFit } from "../../electron/contract/index.ts";

/** Bytes as people read them: `812 MB`, `1.4 GB` (powers of ten, as disks and hubs count). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** The speed of a model, and whether it was measured or is expected; null where nothing is known. */
export function speedWords({ tokens_per_second, measured }: ModelFit): string | null {
  if (tokens_per_second === null) return null;
  const speed = tokens_per_second.toFixed(tokens_per_second < 10 ? 1 : 0);
  return measured ? `${speed} tokens a second` : `about ${speed} tokens a second`;
}

export const originWords: Record<InstalledModel["origin"], string> = {
  bundled: "comes with Holdfast",
  download: "downloaded",
  upload: "given by you",
  kit: "from a kit",
  file: "your file, used where it lies",
  ollama: "Ollama's, used where it lies",
  "lm-studio": "LM Studio's, used where it lies",
  jan: "Jan's, used where it lies",
  gpt4all: "GPT4All's, used where it lies",
  "hugging-face": "in Hugging Face's cache, used where it lies",
  "llama.cpp": "in llama.cpp's cache, used where it lies",
};

export const checkWords = (verified: InstalledModel["verified"]): string =>
  verified === "sha256"
    ? "checksum compared"
    : verified === "size"
      ? "only its size compared"
      : "not checked";
