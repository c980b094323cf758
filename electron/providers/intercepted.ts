import { ProviderFailure } from "../chain/index.ts";
import { causes } from "./transport.ts";

/**
 * Carries a failure out through an SDK. Its own message is bland on purpose: the SDKs search the messages of what their
 * `fetch` throws for "timed out" and replace such an error by one of theirs, without its cause.
 */
export class Intercepted extends Error {
  override readonly name = "Intercepted";
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure) {
    super("the response was not a stream");
    this.failure = failure;
  }
}

/** The failure inside an error that an SDK threw, however deeply wrapped, or null. */
export function failureInside(error: unknown): ProviderFailure | null {
  for (const cause of causes(error)) {
    if (cause instanceof ProviderFailure) return cause;
    if (cause instanceof Intercepted) return cause.failure;
  }
  return null;
}
