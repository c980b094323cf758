import { readFileSync } from "node:fs";
import {
  type Cipher,
  type EntryStore,
  Outgoing,
  type PostgresConnection,
  PostgresStore,
  type SqliteStore,
  type StoreLimits,
  TeamStore,
} from "../cache/index.ts";
import type { Clock } from "../chain/index.ts";
import type { Config } from "../contract/index.ts";
import { type Database, StoreError } from "../store/index.ts";

export interface CacheStoreParts {
  config: NonNullable<Config["cache"]>;
  local: SqliteStore;
  database: Database;
  cipher: () => Promise<Cipher>;
  clock: Clock;
  limits: StoreLimits;
  env: Readonly<Record<string, string | undefined>>;
}

/** The store of the cache: this machine's own, or the team's with this machine's beside it. `name` is for the person. */
export function cacheStore(parts: CacheStoreParts): {
  store: EntryStore;
  team: TeamStore | null;
  name: string;
} {
  const { config, local, database, cipher, clock, limits, env } = parts;
  if (config.store === undefined || config.store === "sqlite")
    return { store: local, team: null, name: "sqlite" };
  const connection = postgresConnection(config.store, env);
  const namespace = config.namespace ?? "default";
  const team = new TeamStore({
    team: new PostgresStore({ connection, namespace, clock, limits }),
    local,
    outgoing: new Outgoing(database, cipher),
    clock,
  });
  const { user, host, port, database: name } = connection;
  return { store: team, team, name: `postgres://${user}@${host}:${port}/${name} (${namespace})` };
}

/**
 * Reads `postgres://user@host:port/database`. A server on this machine is spoken to in plain, any other, and one for which
 * `?sslrootcert=FILE` names an authority, by TLS with its certificate checked. `?host=` names the folder of a Unix socket. The
 * password comes from the environment. Throws a StoreError `invalid`.
 */
export function postgresConnection(address: string, env: CacheStoreParts["env"]): PostgresConnection {
  const url = new URL(address);
  const socket = url.searchParams.get("host");
  const host = socket ?? (decodeURIComponent(url.hostname) || "127.0.0.1");
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
  const rootFile = url.searchParams.get("sslrootcert");
  const isPlain = host.startsWith("/") || (isHere && rootFile === null);
  return {
    host,
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || "postgres",
    user: decodeURIComponent(url.username) || "postgres",
    password: env.HOLDFAST_CACHE_PASSWORD ?? env.PGPASSWORD,
    tls: isPlain ? null : { ca: rootFile === null ? undefined : certificate(rootFile) },
  };
}

function certificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new StoreError("invalid", `cache.store: the certificate ${path} can't be read.`, cause);
  }
}
