import { z } from "zod";
import { capabilities, price } from "./config.ts";
import { providerName } from "./words.ts";

/** A model that a provider offers: data in `resources/providers.json`, dated and sourced. */
export const presetModel = z.object({ id: z.string(), capabilities, price: price.optional() });

/** A provider that the settings page offers. */
export const preset = z.object({
  id: z.string(),
  label: z.string(),
  provider: providerName,
  base_url: z.url().optional(),
  api_key_env: z.string().optional(),
  /** Where a person gets a key. */
  keys_url: z.url().optional(),
  tier: z.enum(["cloud", "local"]),
  models: z.array(presetModel),
  /** When and where these facts were read. */
  checked: z.iso.date(),
  source: z.string(),
});
export type Preset = z.infer<typeof preset>;
