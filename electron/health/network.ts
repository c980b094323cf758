import type { NetworkInterfaceInfo } from "node:os";
import type { Link } from "../chain/index.ts";

/** How far away a link is: on this machine, in the local network, or beyond it. */
export type Reach = "loopback" | "lan" | "internet";

export interface Whereabouts {
  /** Links of one host share their fate. */
  host: string;
  reach: Reach;
}

const hostedHere = new Set<Link["provider"]>(["llama", "ollama"]);

const loopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** RFC 1918, link-local and unique local addresses; names that public DNS does not hold, among them every one without a dot. */
const lan =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)\d+|^\[f(?:[cd]|e[89ab])|^[^.[\]]+$|\.(?:local|lan|internal|home\.arpa)$/;

/** Where a link leads, from its base URL or else from its provider. */
export function whereabouts({ provider, baseUrl }: Pick<Link, "provider" | "baseUrl">): Whereabouts {
  if (baseUrl === null) return { host: provider, reach: hostedHere.has(provider) ? "loopback" : "internet" };
  const host = new URL(baseUrl).hostname;
  return { host, reach: loopback.test(host) ? "loopback" : lan.test(host) ? "lan" : "internet" };
}

/** Bridges of virtual machines and containers on this machine: they are up without any network. */
const virtual = /^(?:docker|veth|virbr|vmnet|vboxnet)/;

/**
 * Which network this machine is in, as the system's interfaces tell it (`os.networkInterfaces()`): some text that changes
 * with them, or null when none is up. Loopback, link-local addresses and virtual bridges lead nowhere.
 */
export function networkOf(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string | null {
  const addresses = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter(({ internal, address }) => !internal && !/^(?:169\.254\.|fe[89ab])/i.test(address))
      .filter(() => !virtual.test(name))
      .map(({ address }) => `${name} ${address}`),
  );
  return addresses.length === 0 ? null : addresses.sort().join(", ");
}
