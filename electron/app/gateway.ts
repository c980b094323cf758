import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { estimatedTokensOf } from "../chain/index.ts";
import { type Config, durationMs, type GatewayInfo } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import { createGateway, type GatewayParts, type Listening, listen, Refusal } from "../gateway/index.ts";
import { type Secrets, StoreError } from "../store/index.ts";

export interface GatewayServiceParts
  extends Pick<
    GatewayParts,
    "run" | "embed" | "status" | "metrics" | "level" | "links" | "setLevel" | "now" | "onError"
  > {
  config(): Config;
  /** Replaces the settings' config; throws a StoreError `conflict` while a config file is in force. */
  setConfig(config: Config): void;
  secrets: Pick<Secrets, "get" | "set">;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** Told of the token, which must not stand in the log. */
  hide(token: string): void;
}

const defaultPort = 4141;
const defaultMaxBody = 10 * 1024 * 1024;
/** No link's id begins so: the token's place in the vault is its own. */
const tokenId = "@gateway";

/** The gateway of this app: begins and ends while the app runs, by its switch or by command. */
export class GatewayService implements AsyncDisposable {
  readonly #parts: GatewayServiceParts;
  #listening: Listening | null = null;
  #error: string | null = null;
  #token: { value: string; source: GatewayInfo["token_source"] } | null = null;
  /** Beginnings and ends happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: GatewayServiceParts) {
    this.#parts = parts;
  }

  /** Begins to listen, on `port` or the config's; gives the address. Rejects with a text that says why it can't. */
  start(port?: number): Promise<string> {
    return this.#inTurn(async () => {
      if (this.#listening) return this.#listening.url;
      this.#listening = await this.#listen(port);
      return this.#listening.url;
    });
  }

  /** Takes no more requests and lets running streams end, for as long as `gateway.grace` says. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#listening?.close();
      this.#listening = null;
    });
  }

  /** Begins or ends as `gateway.enabled` says; an error is kept for `info`. */
  async follow(): Promise<void> {
    this.#error = null;
    if (!this.#parts.config().gateway?.enabled) return this.stop();
    await this.start().catch((error: Error) => {
      this.#error = error.message;
    });
  }

  async info(): Promise<GatewayInfo> {
    const { source } = await this.#knownToken();
    const { enabled = false, port = defaultPort } = this.#parts.config().gateway ?? {};
    return { enabled, port, url: this.#listening?.url ?? null, error: this.#error, token_source: source };
  }

  /** Throws the switch. Rejects with a StoreError `conflict` while a config file is in force. */
  async set(enabled: boolean, port: number): Promise<GatewayInfo> {
    const config = this.#parts.config();
    const moved = config.gateway?.port !== port;
    this.#parts.setConfig({ ...config, gateway: { ...config.gateway, enabled, port } });
    if (moved) await this.stop();
    await this.follow();
    return this.info();
  }

  /** The token that clients must send. */
  async token(): Promise<string> {
    return (await this.#knownToken()).value;
  }

  /** Another token from now on, kept in the vault; null makes one up. Where there is no vault it holds until the next start. */
  async setToken(given: string | null): Promise<GatewayInfo> {
    if ((await this.#knownToken()).source === "environment") {
      throw new StoreError("conflict", `The token is set by ${this.#tokenEnv}: change it there.`);
    }
    const value = given ?? newToken();
    const source = await this.#parts.secrets.set(tokenId, value).then(
      () => "stored" as const,
      () => "session" as const,
    );
    this.#parts.hide(value);
    this.#token = { value, source };
    return this.info();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #tokenEnv(): string {
    return this.#parts.config().gateway?.token_env ?? "HOLDFAST_TOKEN";
  }

  async #knownToken() {
    if (this.#token) return this.#token;
    const { env, secrets } = this.#parts;
    const fromEnv = env[this.#tokenEnv]?.trim();
    const stored = fromEnv ? null : await secrets.get({ id: tokenId });
    this.#token ??= fromEnv
      ? { value: fromEnv, source: "environment" }
      : stored
        ? { value: stored, source: "stored" }
        : { value: newToken(), source: "session" };
    this.#parts.hide(this.#token.value);
    return this.#token;
  }

  async #listen(port?: number): Promise<Listening> {
    const { gateway = {} } = this.#parts.config();
    const known = await this.#knownToken();
    const handler = createGateway({
      ...this.#parts,
      token: () => this.#token?.value ?? known.value,
      allowedOrigins: gateway.allowed_origins ?? [],
      maxBody: gateway.max_body ?? defaultMaxBody,
      maxRequests: gateway.max_requests ?? 256,
    });
    return listen(handler, {
      port: port ?? gateway.port ?? defaultPort,
      maxConnections: gateway.max_connections ?? 1_024,
      requestMs: durationMs(gateway.request_timeout ?? "60s"),
      graceMs: durationMs(gateway.grace ?? "10s"),
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

const newToken = (): string => randomBytes(24).toString("base64url");

/** The embedder that ships with the program, or null where its file is missing. Its engine does not count tokens: they are estimated. */
export function bundledEmbedder(engine: EngineClient, resources: string): GatewayParts["embed"] {
  const path = join(resources, "models/embedder.gguf");
  if (!existsSync(path)) return null;
  return async (texts, signal) => ({
    model: "all-MiniLM-L6-v2",
    vectors: await engine.embed({ model: { path }, texts: [...texts] }, signal).catch(refused),
    tokens: texts.reduce((sum, text) => sum + estimatedTokensOf(text), 0),
  });
}

/** A failure of the engine in the gateway's words: the text's fault, or the machine's. */
function refused(error: unknown): never {
  if (!(error instanceof Error && "kind" in error)) throw error;
  throw new Refusal(error.kind === "invalid_request" ? 400 : 503, error.message, {
    code: String(error.kind),
  });
}
