import type { Config, Drill, LinkConfig, LinkTier, Mechanism } from "../contract/index.ts";

/** A chain's config, and the links of it that have a tier. */
export interface Rehearsed {
  config: Config;
  requests: Drill["requests"];
}

const everyLink = (rehearsed: Rehearsed, change: (link: LinkConfig) => LinkConfig): Rehearsed => ({
  ...rehearsed,
  config: { ...rehearsed.config, fallback_chain: rehearsed.config.fallback_chain?.map(change) },
});

/** More failures than any drill has. */
const never = 1_000_000;

const off: Record<Exclude<Mechanism, "backup" | "local">, (rehearsed: Rehearsed) => Rehearsed> = {
  retry: (rehearsed) =>
    everyLink(rehearsed, (link) => ({ ...link, retry: { ...link.retry, max_retries: 0 } })),
  breaker: (rehearsed) =>
    everyLink(rehearsed, (link) => ({ ...link, breaker: { failure_threshold: never } })),
  hedge: (rehearsed) => ({ ...rehearsed, config: { ...rehearsed.config, hedge: { after: "off" } } }),
  recovery: (rehearsed) => ({ ...rehearsed, config: { ...rehearsed.config, recovery: "error" } }),
  quality: ({ config: { requirements: _, ...config }, requests }) => ({
    config,
    requests: requests.map(({ requirements: _, ...group }) => group),
  }),
  cache: (rehearsed) => ({ ...rehearsed, config: { ...rehearsed.config, cache: { enabled: false } } }),
};

/**
 * The same with a mechanism switched off: a drill that then still passes rehearses nothing. `tierOf` says where in the chain a
 * link stands.
 */
export function without(
  mechanism: Mechanism,
  rehearsed: Rehearsed,
  tierOf: (link: LinkConfig) => LinkTier | null,
): Rehearsed {
  if (mechanism !== "backup" && mechanism !== "local") return off[mechanism](rehearsed);
  const left = rehearsed.config.fallback_chain?.filter((link) => tierOf(link) !== mechanism);
  return { ...rehearsed, config: { ...rehearsed.config, fallback_chain: left } };
}
