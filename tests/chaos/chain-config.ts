import type { Config, LinkConfig } from "../../electron/contract/index.ts";
import type { EngineFault } from "./engine-faults.ts";
import type { Fault } from "./faults.ts";
import type { House } from "./house.ts";
import { isRemote, type Place } from "./positions.ts";

/** USD per million tokens, a different price for each link, so that a receipt which names the wrong one is found out. */
export const prices: Record<"alpha" | "beta" | "gamma", { input: number; output: number }> = {
  alpha: { input: 1, output: 2 },
  beta: { input: 3, output: 4 },
  gamma: { input: 5, output: 6 },
};

const formats = {
  alpha: { provider: "openai-compatible", tier: "cloud", path: "/v1" },
  beta: { provider: "anthropic", tier: "backup", path: "" },
  gamma: { provider: "ollama", tier: "backup", path: "" },
} as const;

/** A sound link must not fail because the machine is busy. */
const patient = { connect: "20s", first_token: "30s", idle: "30s", total: "60s" } as const;

/** A fault of a server, or of the engine. */
export type AnyFault = Fault | EngineFault;

/** The config of a cell: its links in order, the faulty ones under the limits that the fault needs. */
export function chainConfig(
  house: House,
  { fault, concurrency }: { fault: AnyFault; concurrency: number },
  places: readonly Place[],
  cell: number,
): Config {
  const hedgeAfter = "hedgeAfter" in fault ? fault.hedgeAfter : undefined;
  return {
    fallback_chain: places.map((place) => linkOf(house, { fault, isCrowd: concurrency > 1 }, place, cell)),
    ...(hedgeAfter && { hedge: { after: hedgeAfter, with: "next" } }),
    ...("skip" in fault && { skip: fault.skip }),
    ...("recovery" in fault && { recovery: fault.recovery }),
  };
}

/** A crowd on a busy machine gets no response head in the time that is enough for one. */
function limitsOf({ limits, kinds }: AnyFault, isCrowd: boolean): AnyFault["limits"] {
  const { first_token: first, idle } = limits ?? {};
  if (!isCrowd || !kinds.some((kind) => kind === "timeout_first_token" || kind === "timeout_idle"))
    return limits;
  return { ...limits, ...(first && { first_token: "2s" }), ...(idle && { idle: "2s" }) };
}

function linkOf(
  house: House,
  { fault, isCrowd }: { fault: AnyFault; isCrowd: boolean },
  place: Place,
  cell: number,
): LinkConfig {
  const timeouts = { ...patient, ...(place.role === "faulty" && limitsOf(fault, isCrowd)) };
  if (!isRemote(place)) {
    const sound = "asks" in fault && fault.asks === "json" ? house.localJsonModel : house.localModel;
    const model = "model" in fault && place.role === "faulty" ? fault.model(house.folder) : sound;
    return {
      id: place.link,
      provider: "llama",
      model: house.modelFor(model, cell),
      tier: "local",
      timeouts,
      // A torn answer of one engine's model is not for another to go on with: what it says next depends on the last letter. The model recites,
      // and neither calls tools nor writes JSON.
      capabilities: { prefill: !("model" in fault), tools: false, json_schema: false },
    };
  }
  const name = place.link as keyof typeof formats;
  const { provider, tier, path } = formats[name];
  const does = "does" in fault ? fault.does : null;
  const address =
    place.role === "faulty" && typeof does === "string" ? house.server.troubled(does) : house.server.url;
  return {
    id: name,
    provider,
    model: `${name}-${cell}`,
    base_url: `${address}${path}`,
    api_key_env: "CHAOS_KEY",
    tier,
    timeouts,
    retry: { base_delay: "10ms", max_delay: "50ms" },
    price: prices[name],
    capabilities: { prefill: "prefill" in fault && fault.prefill !== undefined },
  };
}

/** Links whose server can be asked, and so counts who did. */
export function isCounted(fault: AnyFault, { link, role }: Place): boolean {
  if (link === "engine" || link === "local") return false;
  return role !== "faulty" || !("does" in fault) || typeof fault.does !== "string";
}
