import {
  type LinkConfig,
  linkConfig,
  type Preset,
  type ProviderName,
} from "../../electron/contract/index.ts";

/** A link as it stands in the form: every field a text. `key` is never part of the config. */
export interface LinkDraft {
  id: string;
  provider: ProviderName;
  model: string;
  base_url: string;
  api_key_env: string;
  timeout: string;
  key: string;
}

export type DraftErrors = Partial<Record<keyof LinkDraft, string>>;

/** What each field is called in an error's sentence. */
const fieldNames: Record<keyof LinkDraft, string> = {
  id: "The name",
  provider: "The provider",
  model: "The model",
  base_url: "The address",
  api_key_env: "The variable",
  timeout: "The time limit",
  key: "The key",
};

const loopback = /^(localhost|\[::1\]|127\..*)$/;

/** Whether the app counts a link as local: by its tier, or as its own engine, or as Ollama on this machine. */
export function isLocalLink({ tier, provider, base_url }: LinkConfig): boolean {
  if (tier !== undefined) return tier === "local";
  if (provider === "llama") return true;
  return provider === "ollama" && (base_url === undefined || loopback.test(new URL(base_url).hostname));
}

/** A GGUF file that the engine runs: not a provider with a preset of its own, but chosen in the same way. */
export const ggufPreset = {
  id: "gguf",
  label: "A GGUF file on this machine",
  provider: "llama",
  tier: "local",
  models: [],
} as const satisfies Partial<Preset>;

/** Any other service that speaks OpenAI's format. */
export const otherPreset = {
  id: "other",
  label: "Another service that speaks OpenAI's format",
  provider: "openai-compatible",
  tier: "cloud",
  models: [],
} as const satisfies Partial<Preset>;

/** What the form needs to know of a preset. */
export type FormPreset = Pick<Preset, "id" | "label" | "provider" | "tier" | "models"> & Partial<Preset>;

/** An id that no link has yet: the wanted one, or with a number after it. */
export function freeId(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  let number = 2;
  while (taken.includes(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

/** The form's beginning for a new link. */
export function draftOfPreset(preset: FormPreset, taken: readonly string[]): LinkDraft {
  return {
    id: freeId(preset.id, taken),
    provider: preset.provider,
    model: preset.models[0]?.id ?? "",
    base_url: preset.base_url ?? "",
    api_key_env: "",
    timeout: "",
    key: "",
  };
}

/** The form's beginning for a link that exists. */
export function draftOfLink(link: LinkConfig): LinkDraft {
  return {
    id: link.id,
    provider: link.provider,
    model: link.model,
    base_url: link.base_url ?? "",
    api_key_env: link.api_key_env ?? "",
    timeout: link.timeout ?? "",
    key: "",
  };
}

/** The preset that a link was most likely made from: its models, and where to get a key. */
export function presetOfLink(link: LinkConfig, presets: readonly Preset[]): FormPreset {
  const same = presets.filter((one) => one.provider === link.provider);
  return (
    same.find((one) => one.base_url === link.base_url) ??
    (link.provider === "llama" ? ggufPreset : { ...otherPreset, provider: link.provider })
  );
}

/** Without the keys that are empty, so that their defaults hold. */
function filled(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .map(([key, text]) => [key, text.trim()] as const)
      .filter(([, text]) => text !== ""),
  );
}

/**
 * The link that a draft describes, or what is wrong with it, by field. What the form does not show of an existing link
 * (`base`) stays; for a model that the preset knows, its capabilities and price are taken over.
 */
export function linkOfDraft(
  draft: LinkDraft,
  preset: FormPreset,
  base: LinkConfig | null,
  taken: readonly string[],
): { link: LinkConfig } | { errors: DraftErrors } {
  const { id, provider, model, base_url, api_key_env, timeout } = draft;
  const known = preset.models.find((one) => one.id === model.trim());
  const sameModel = base !== null && base.model === model.trim();
  const rest = base ?? {};
  const result = linkConfig.safeParse({
    ...Object.fromEntries(
      Object.entries(rest).filter(
        ([key]) =>
          !["base_url", "api_key_env", "timeout"].includes(key) &&
          (sameModel || (key !== "capabilities" && key !== "price")),
      ),
    ),
    ...(!sameModel && known !== undefined ? { capabilities: known.capabilities } : {}),
    ...(!sameModel && known?.price !== undefined ? { price: known.price } : {}),
    ...(base === null && preset.tier === "local" && provider === "openai-compatible"
      ? { tier: "local" }
      : {}),
    ...filled({ base_url, api_key_env, timeout }),
    id: id.trim(),
    provider,
    model: model.trim(),
  });
  const errors: DraftErrors = {};
  for (const issue of result.error?.issues ?? []) {
    const field = issue.path[0] as keyof LinkDraft;
    errors[field] ??= `${fieldNames[field] ?? String(field)} ${issue.message}.`;
  }
  if (taken.includes(id.trim()))
    errors.id = `The name ${id.trim()} is used by another link; every link needs its own.`;
  if (provider === "openai-compatible" && base_url.trim() === "") {
    errors.base_url = "The address is empty: say where the service is, such as http://127.0.0.1:8080/v1.";
  }
  return result.data !== undefined && Object.keys(errors).length === 0 ? { link: result.data } : { errors };
}

/** The chain with a new link: a cloud link goes before the first local one, a local one to the end. */
export function chainWith(chain: readonly LinkConfig[], link: LinkConfig): LinkConfig[] {
  const firstLocal = chain.findIndex(isLocalLink);
  if (isLocalLink(link) || firstLocal === -1) return [...chain, link];
  return chain.toSpliced(firstLocal, 0, link);
}
