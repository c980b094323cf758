import { GgufInsights, readGgufFileInfo } from "node-llama-cpp";
import { checkModelFile } from "./check-model.ts";
import type { InspectRequest, ModelFacts } from "./contract.ts";

/** Architectures that turn texts into vectors and can't answer. */
const embedders = /^(?:bert|nomic-bert|jina-bert|modern-bert|neo-bert|t5encoder)/;

/**
 * What a model's header tells, and what it takes in memory on the CPU by node-llama-cpp's estimate. Reads no weights: a file whose
 * data are still holes will do. Throws an `EngineFailure` as `checkModelFile` does.
 */
export async function inspectModel({ path, contextSize }: InspectRequest): Promise<ModelFacts> {
  const { metadata } = await checkModelFile(path);
  const text = (key: string) => {
    const value = metadata.get(key);
    return typeof value === "string" ? value : null;
  };
  const architecture = text("general.architecture") ?? "";
  const facts = {
    name: text("general.name"),
    architecture,
    licence: text("general.license"),
    trainContextSize: Number(metadata.get(`${architecture}.context_length`) ?? 0) || null,
    kind: embedders.test(architecture) ? ("embedding" as const) : ("chat" as const),
  };
  return {
    ...facts,
    memoryBytes: await memoryOf(path, Math.min(contextSize, facts.trainContextSize ?? contextSize)),
  };
}

/** Null for what node-llama-cpp can't estimate: an architecture that it does not know yet may run all the same. */
async function memoryOf(path: string, contextSize: number): Promise<number | null> {
  try {
    const info = await readGgufFileInfo(path, { sourceType: "filesystem", logWarnings: false });
    const insights = await GgufInsights.from(info);
    const [model, context] = await Promise.all([
      insights.estimateModelResourceRequirementsV2({ gpuLayers: 0, useMmap: false }),
      insights.estimateContextResourceRequirementsV2({ contextSize, modelGpuLayers: 0, useMmap: false }),
    ]);
    const bytes = model.cpuRam + context.cpuRam;
    return Number.isFinite(bytes) && bytes > 0 ? Math.round(bytes) : null;
  } catch {
    return null;
  }
}
