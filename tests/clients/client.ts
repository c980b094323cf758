import type { Behaviour } from "./behaviours.ts";
import type { Addresses } from "./serving.ts";

/** A client, as a program that does each of the behaviours and gives back what it saw. */
export type Client = (addresses: Addresses) => Record<Behaviour, () => Promise<unknown>>;

/** The tool that clients offer. */
export const weather = {
  name: "get_weather",
  description: "The weather in a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
} as const;

/** The schema that clients ask JSON by. */
export const city = {
  type: "object",
  properties: { name: { type: "string" }, population: { type: "integer" } },
  required: ["name", "population"],
  additionalProperties: false,
} as const;

/** The status in the client's own error. */
export async function statusOf(
  // biome-ignore lint/suspicious/noExplicitAny: each client's error class takes arguments of its own
  kind: abstract new (...args: any[]) => Error,
  ask: () => PromiseLike<unknown>,
): Promise<unknown> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    return "status" in error ? error.status : "statusCode" in error ? error.statusCode : null;
  }
  return "no error";
}
