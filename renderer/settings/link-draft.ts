import {
  type LinkConfig,
  linkConfig,
  type Preset,
  type ProviderName,
  problemWords,
} from "../../electron/contract/index.ts";
import { numberIn } from "./problem.ts";

/** A link as it stands in the form: every field a text. `key` is never part of the config. */
export interface LinkDraft {
  id: string;
  provider: ProviderName;
  model: string;
  base_url: string;
  api_key_env: string;
  timeout: string;
  /** US dollars per million tokens. */
  price_input: string;
  price_output: string;
  failure_threshold: string;
  recovery_timeout: string;
  half_open_max_calls: string;
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
  price_input: "The price of what is sent",
  price_output: "The price of what is answered",
  failure_threshold: "The number of failures",
  recovery_timeout: "The rest",
  half_open_max_calls: "The number of trials",
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
    price_input: "",
    price_output: "",
    failure_threshold: "",
    recovery_timeout: "",
    half_open_max_calls: "",
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
    price_input: String(link.price?.input ?? ""),
    price_output: String(link.price?.output ?? ""),
    failure_threshold: String(link.breaker?.failure_threshold ?? ""),
    recovery_timeout: link.breaker?.recovery_timeout ?? "",
    half_open_max_calls: String(link.breaker?.half_open_max_calls ?? ""),
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

/** Without the keys that are empty, so that their defaults hold; nothing where all are. */
function filled<T>(values: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined && entry[1] !== ""),
  );
}

/** Keys of a link that the form shows, or that follow from what it shows. */
const inForm = ["base_url", "api_key_env", "timeout", "breaker", "price", "capabilities"];

function without(group: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(group).filter(([key]) => !keys.includes(key)));
}

/** The price in the form; nothing where it is the one of another model that the link had before. */
function priceOf(
  draft: LinkDraft,
  base: LinkConfig | null,
  sameModel: boolean,
): Record<string, number | string> {
  const isLeftOver =
    !sameModel &&
    base?.price !== undefined &&
    draft.price_input === String(base.price.input) &&
    draft.price_output === String(base.price.output);
  return isLeftOver
    ? {}
    : filled({ input: numberIn(draft.price_input), output: numberIn(draft.price_output) });
}

/** The breaker in the form, with the keys of an existing one that the form does not show. */
function breakerOf(draft: LinkDraft, base: LinkConfig | null): Record<string, unknown> {
  const rest = without(base?.breaker ?? {}, ["failure_threshold", "recovery_timeout", "half_open_max_calls"]);
  return {
    ...rest,
    ...filled<unknown>({
      failure_threshold: numberIn(draft.failure_threshold),
      recovery_timeout: draft.recovery_timeout.trim(),
      half_open_max_calls: numberIn(draft.half_open_max_calls),
    }),
  };
}

/** The field that shows a key of the config. */
function fieldOf(path: readonly PropertyKey[]): keyof LinkDraft {
  const [key, inner] = path;
  if (key === "price") return inner === "output" ? "price_output" : "price_input";
  if (key === "breaker" && inner !== undefined) return inner as keyof LinkDraft;
  return key as keyof LinkDraft;
}

const isEmpty = (group: object) => Object.keys(group).length === 0;

/**
 * The link that a draft describes, or what is wrong with it, by field. What the form does not show of an existing link
 * (`base`) stays; for a model that the preset knows, its capabilities are taken over, and its price where none is given.
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
  const rest = without(base ?? {}, inForm);
  const breaker = breakerOf(draft, base);
  const price = priceOf(draft, base, sameModel);
  const isLocalService = base === null && preset.tier === "local" && provider === "openai-compatible";
  const written = {
    ...rest,
    ...(isLocalService && { tier: "local" }),
    ...filled<unknown>({
      capabilities: sameModel ? base.capabilities : known?.capabilities,
      price: isEmpty(price) ? (sameModel ? undefined : known?.price) : price,
      breaker: isEmpty(breaker) ? undefined : breaker,
      base_url: base_url.trim(),
      api_key_env: api_key_env.trim(),
      timeout: timeout.trim(),
    }),
    id: id.trim(),
    provider,
    model: model.trim(),
  };
  const result = linkConfig.safeParse(written);
  const errors: DraftErrors = {};
  for (const issue of result.error?.issues ?? []) {
    const field = fieldOf(issue.path);
    errors[field] ??= `${fieldNames[field] ?? String(field)} ${problemWords(linkConfig, written, issue)}.`;
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
