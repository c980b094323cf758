import type { Link } from "../../../electron/chain/index.ts";

export type TestLink = Pick<Link, "id" | "provider" | "model" | "baseUrl" | "tier" | "weight">;

/** A cloud link with a host of its own, and what a test says otherwise. */
export function link(id: string, over: Partial<TestLink> = {}): TestLink {
  return {
    id,
    provider: "openai-compatible",
    model: "m",
    baseUrl: `https://${id}.example/v1`,
    tier: "cloud",
    weight: 1,
    ...over,
  };
}
