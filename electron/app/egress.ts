import { AsyncLocalStorage } from "node:async_hooks";
import type { Link, Provider, ProviderEvent } from "../chain/index.ts";
import { originOf } from "../providers/index.ts";
import { isLoopback } from "./links.ts";

/** A server's root that is longer, bytes, is a page, and not worth its reading. */
const longestRoot = 64 * 1024;

/** For which request, and over which link, something wants to leave the machine. */
interface Errand {
  link: Link;
  localOnly: boolean;
}

/**
 * The one door through which requests leave this machine. Providers get its `fetch`, which lets nothing pass but what a guarded
 * provider asks for, and for a local-only request only what goes to a link of the tier `local`. It fails closed: a request
 * that nobody answers for is refused.
 */
export class Egress {
  readonly #errands = new AsyncLocalStorage<Errand>();
  readonly #fetch: typeof fetch;

  constructor(fetch: typeof globalThis.fetch) {
    this.#fetch = fetch;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const errand = this.#errands.getStore();
    if (!errand) throw new Error("no link answers for this request, so it was not sent");
    if (errand.localOnly && errand.link.tier !== "local") {
      throw new Error(`the conversation is local-only, and link "${errand.link.id}" is not on this machine`);
    }
    if (errand.localOnly && !isOwn(errand.link, new URL(input instanceof Request ? input.url : input))) {
      throw new Error(
        `the conversation is local-only, and link "${errand.link.id}" wanted to reach another host`,
      );
    }
    return this.#fetch(input, init);
  };

  /**
   * A fetch for what the person asked for by hand, such as a model's download: no link answers for it. It refuses with what
   * `refusal` says; what stays on this machine is never refused.
   */
  byHand(fetch: typeof globalThis.fetch, refusal: () => string | null): typeof globalThis.fetch {
    return async (input, init) => {
      const { hostname } = new URL(input instanceof Request ? input.url : input);
      const reason = isLoopback(hostname) ? null : refusal();
      if (reason !== null) throw new Error(reason);
      return fetch(input, init);
    };
  }

  /**
   * Opens a connection to where a link's requests go, and leaves it open: an `OPTIONS` of the server's root, for which no server has to work, and
   * which, unlike a `HEAD`, does not cost the connection. Neither the key nor anything of a person goes with it.
   */
  async knock(link: Link, origin: string, signal: AbortSignal): Promise<void> {
    const response = await this.#errands.run({ link, localOnly: false }, () =>
      this.fetch(`${origin}/`, { method: "OPTIONS", redirect: "manual", signal }),
    );
    // Only a response that was read to its end leaves its connection to others.
    let bytes = 0;
    for await (const { length } of response.body ?? []) {
      bytes += length;
      if (bytes > longestRoot) break;
    }
  }

  /** The same provider, whose requests leave through this door. */
  guard(provider: Provider): Provider {
    return {
      stream: (request, link, signal) => {
        const errand: Errand = { link, localOnly: request.local_only === true };
        const within = <T>(work: () => T): T => this.#errands.run(errand, work);
        const events = within(() => provider.stream(request, link, signal)[Symbol.asyncIterator]());
        const guarded: AsyncIterator<ProviderEvent> = {
          // A generator runs in the context of whoever asks for its next event, so each asking enters it anew.
          next: () => within(() => events.next()),
          return: async () => within(() => events.return?.()) ?? { done: true, value: undefined },
        };
        return { [Symbol.asyncIterator]: () => guarded };
      },
    };
  }
}

/** Whether an address is this machine's, or that of the link itself. */
function isOwn(link: Link, { hostname, origin }: URL): boolean {
  if (isLoopback(hostname)) return true;
  const own = originOf(link);
  return own === null || own === origin;
}
