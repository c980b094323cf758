import { parse } from "yaml";
import { z } from "zod";
import { type LabStart, labStart, message, requirementSpec } from "../../contract/index.ts";

/** A file of prompts can't be used; the message says where and why. */
export class LabFileError extends Error {
  override readonly name = "LabFileError";
}

const prompt = z.union([
  z
    .string()
    .min(1)
    .transform((text) => ({ prompt: text })),
  z.strictObject({
    prompt: z.string().min(1).optional(),
    system: z.string().optional(),
    messages: z.array(message).min(1).optional(),
    requirements: z.array(requirementSpec).optional(),
    local_only: z.boolean().optional(),
  }),
]);
type FilePrompt = z.infer<typeof prompt>;

const file = z.union([
  z
    .array(prompt)
    .min(1)
    .transform((prompts) => ({ prompts })),
  z.strictObject({
    name: z.string().optional(),
    links: z.array(z.string()).min(1).optional(),
    judge: z.string().optional(),
    requirements: z.array(requirementSpec).optional(),
    local_only: z.boolean().optional(),
    prompts: z.array(prompt).min(1),
  }),
]);

/**
 * Prompts from YAML, JSON, or (where the name ends in `.jsonl`) one JSON value a line: texts, or objects with `prompt` and `system`
 * or `messages`, and with `requirements` and `local_only`. YAML may also be an object with `prompts` and the run's own settings.
 * Throws a LabFileError.
 */
export function parseLabFile(name: string, text: string): LabStart {
  const parsed = file.safeParse(name.endsWith(".jsonl") ? parseLines(name, text) : parseYaml(name, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.length ? ` at ${issue.path.join(".")}` : "";
    throw new LabFileError(
      `${name}${where}: ${issue?.message ?? "is not a list of prompts"}. Write a list of texts, or of objects with "prompt" or "messages".`,
    );
  }
  const { prompts, ...run } = parsed.data;
  const localOnly = "local_only" in run ? run.local_only : undefined;
  const { local_only: _, ...settings } = { local_only: undefined, ...run };
  return labStart.parse({
    ...settings,
    prompts: prompts.map((one, index) => asPrompt(name, one, index, localOnly)),
  });
}

function asPrompt(name: string, given: FilePrompt, index: number, localOnly = false) {
  const {
    prompt: text,
    system,
    messages,
    requirements,
    local_only,
  } = {
    system: undefined,
    messages: undefined,
    requirements: undefined,
    local_only: undefined,
    ...given,
  };
  if ((text === undefined) === (messages === undefined)) {
    throw new LabFileError(`${name}: prompt ${index + 1} needs either "prompt" or "messages".`);
  }
  return {
    messages: messages ?? [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      { role: "user", content: text },
    ],
    requirements,
    local_only: local_only ?? localOnly,
  };
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new LabFileError(`${name} is not YAML: ${(error as Error).message}`);
  }
}

function parseLines(name: string, text: string): unknown[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      throw new LabFileError(`${name}:${index + 1} is not JSON: ${(error as Error).message}`);
    }
  });
}
