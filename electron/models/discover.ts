import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { ModelOrigin } from "../contract/index.ts";

/** A model file of another program, used where it lies. */
export interface FoundFile {
  id: string;
  name: string;
  path: string;
  sizeBytes: number;
  origin: ModelOrigin;
}

/** A folder of another program, and how its models lie there. */
export interface Place {
  origin: Exclude<ModelOrigin, "bundled" | "download" | "upload" | "kit" | "file">;
  folder: string;
}

interface PlaceOptions {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Where other programs keep models on this system, by their own documentation and settings. */
export function knownPlaces({ platform, home, env }: PlaceOptions): Place[] {
  const local = env.LOCALAPPDATA ?? join(home, "AppData/Local");
  const roaming = env.APPDATA ?? join(home, "AppData/Roaming");
  const cache = env.XDG_CACHE_HOME ?? join(home, ".cache");
  const support = join(home, "Library/Application Support");
  const bySystem = <T>(mac: T, windows: T, other: T) =>
    platform === "darwin" ? mac : platform === "win32" ? windows : other;
  const place = (origin: Place["origin"], folder: string | undefined): Place[] =>
    folder ? [{ origin, folder }] : [];
  return [
    ...place("ollama", env.OLLAMA_MODELS ?? join(home, ".ollama/models")),
    ...(platform === "linux" && !env.OLLAMA_MODELS
      ? place("ollama", "/usr/share/ollama/.ollama/models")
      : []),
    ...place("lm-studio", join(home, ".lmstudio/models")),
    ...place("lm-studio", join(home, ".cache/lm-studio/models")),
    ...place(
      "jan",
      bySystem(
        join(support, "Jan/data"),
        join(roaming, "Jan/data"),
        join(env.XDG_CONFIG_HOME ?? join(home, ".config"), "Jan/data"),
      ),
    ),
    ...place(
      "jan",
      bySystem(undefined, undefined, join(env.XDG_DATA_HOME ?? join(home, ".local/share"), "Jan/data")),
    ),
    ...place(
      "gpt4all",
      bySystem(
        join(support, "nomic.ai/GPT4All"),
        join(local, "nomic.ai/GPT4All"),
        join(env.XDG_DATA_HOME ?? join(home, ".local/share"), "nomic.ai/GPT4All"),
      ),
    ),
    ...place(
      "hugging-face",
      env.HF_HUB_CACHE ?? join(env.HF_HOME ?? join(home, ".cache/huggingface"), "hub"),
    ),
    ...place(
      "llama.cpp",
      env.LLAMA_CACHE ??
        bySystem(join(home, "Library/Caches/llama.cpp"), join(local, "llama.cpp"), join(cache, "llama.cpp")),
    ),
  ];
}

/** How deep a folder is searched: LM Studio has publisher/model/file, the hub's cache repo/snapshots/commit/file. */
const deepest = 6;

/** Models in these places. Folders that are missing or may not be read are passed over; each file is told once. */
export async function discover(places: readonly Place[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const seen = new Set<string>();
  for (const place of places) {
    const files =
      place.origin === "ollama" ? await ollamaModels(place.folder) : await ggufFiles(place.folder);
    for (const { name, path } of files) {
      const real = await realpath(path).catch(() => null);
      if (real === null || seen.has(real)) continue;
      const { size } = await stat(real);
      if (!(await isGguf(real))) continue;
      seen.add(real);
      found.push({
        id: idOf(place.origin, name, real, found),
        name,
        path: real,
        sizeBytes: size,
        origin: place.origin,
      });
    }
  }
  return found;
}

/** `ollama/llama3.2:1b`; of two with the same name, the later one has a piece of its path's hash behind it. */
function idOf(origin: string, name: string, path: string, before: readonly FoundFile[]): string {
  const id = `${origin}/${name}`;
  if (!before.some((one) => one.id === id)) return id;
  return `${id}@${createHash("sha256").update(path).digest("hex").slice(0, 6)}`;
}

interface Named {
  name: string;
  path: string;
}

/** Chat models; what stands beside them (a projector for images, a later part of a split file) is no model by itself. */
async function ggufFiles(folder: string, depth = 0): Promise<Named[]> {
  const found: Named[] = [];
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < deepest) found.push(...(await ggufFiles(path, depth + 1)));
    else if (/\.gguf$/i.test(entry.name) && !/^mmproj|-(?!00001)\d{5}-of-\d{5}\.gguf$/i.test(entry.name)) {
      found.push({ name: await nameOf(path, entry.name), path });
    }
  }
  return found;
}

/** Jan calls every file `model.gguf`: there the folder has the name. */
async function nameOf(path: string, fileName: string): Promise<string> {
  return /^model\.gguf$/i.test(fileName) ? basename(join(path, "..")) : fileName.replace(/\.gguf$/i, "");
}

const manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })) });
const modelLayer = "application/vnd.ollama.image.model";

/** Ollama's manifests, `manifests/<host>/<namespace>/<model>/<tag>`, each of which names the blob of its weights. */
async function ollamaModels(folder: string): Promise<Named[]> {
  const found: Named[] = [];
  for (const path of await filesBelow(join(folder, "manifests"))) {
    const parsed = manifest.safeParse(await readJson(path));
    const layer = parsed.data?.layers.find(({ mediaType }) => mediaType === modelLayer);
    if (layer === undefined || !/^sha256:[0-9a-f]{64}$/.test(layer.digest)) continue;
    const [tag = "", model = "", namespace = ""] = path.split(/[\\/]/).toReversed();
    const owner = namespace === "library" ? "" : `${namespace}/`;
    found.push({
      name: `${owner}${model}:${tag}`,
      path: join(folder, "blobs", layer.digest.replace(":", "-")),
    });
  }
  return found;
}

async function filesBelow(folder: string, depth = 0): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < deepest) found.push(...(await filesBelow(path, depth + 1)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function isGguf(path: string): Promise<boolean> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), { position: 0 });
    return bytesRead === 4 && buffer.toString("latin1") === "GGUF";
  } catch {
    return false;
  }
}
