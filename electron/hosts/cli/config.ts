import { basename } from "node:path";
import type { Link } from "../../chain/index.ts";
import type { ProviderName } from "../../contract/index.ts";
import type { NodeApp } from "../node-app.ts";
import { type ConfigKey, configKeys, meantKeys, schemaOf } from "./config-keys.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

interface Shown {
  key: string;
  value: unknown;
  /** A file, `settings`, a variable, or `default`. */
  source: string;
}

/** Families without an address of their own. */
const needAddress: ReadonlySet<ProviderName> = new Set(["openai-compatible", "azure-openai", "vertex"]);

/** `holdfast config check`: whether the config can be used. One that can't has ended the program before, with 78 and every problem. */
export async function configCheck({ app }: NodeApp, terminal: Terminal): Promise<number> {
  const { links, file } = app.settings;
  const homeless = links.filter(({ provider, baseUrl }) => needAddress.has(provider) && baseUrl === null);
  for (const { id, provider } of homeless) {
    terminal.err.write(`fallback_chain[${id}].base_url: is missing, and ${provider} needs one\n`);
  }
  if (homeless.length > 0) return exitCode.config;
  const where = file === null ? "No config file is in force. The app's settings" : file;
  terminal.out.write(`${where} can be used: ${links.map(({ id }) => id).join(", ")}.\n`);
  const { present } = await app.settings.secretsInfo();
  for (const { id, tier, apiKeyEnv } of links) {
    if (tier === "local" || apiKeyEnv === null || present[id] !== undefined) continue;
    terminal.out.write(`note: ${id} has no key. Set ${apiKeyEnv}, or save one in the app's settings.\n`);
  }
  return exitCode.answered;
}

/** `holdfast config schema`: the JSON Schema that editors check the file with. */
export function configSchema(resources: string, { out }: Terminal): number {
  out.write(schemaOf(resources));
  return exitCode.answered;
}

/** `holdfast config explain KEY`: what a key means; a group's keys; without a key, all of them. */
export function configExplain(written: string | undefined, resources: string, terminal: Terminal): number {
  const keys = configKeys(schemaOf(resources));
  if (written === undefined) {
    terminal.out.write(`${keys.map(({ key }) => key).join("\n")}\n`);
    return exitCode.answered;
  }
  const meant = meantKeys(keys, written);
  if (meant.length === 0) {
    terminal.err.write(`There is no key "${written}". All keys: holdfast config explain\n`);
    return exitCode.usage;
  }
  terminal.out.write(`${meant.map((key) => explained(key, keys)).join("\n\n")}\n`);
  return exitCode.answered;
}

/** A key's own words; else those of the group that it is in. */
function explained(
  { key, description: own, choices, isGroup }: ConfigKey,
  all: readonly ConfigKey[],
): string {
  const group = all.find((one) => one.key === key.slice(0, key.lastIndexOf(".")));
  const description = own ?? (isGroup ? null : (group?.description ?? null));
  const among =
    choices.length > 0 && !description?.includes(choices[0] ?? "") ? `One of: ${choices.join(", ")}.` : null;
  const words = [description ?? (isGroup ? "A group of keys." : null), among].filter((text) => text !== null);
  return [key, ...words.flatMap((text) => text.split("\n")).map((line) => `  ${line}`)].join("\n");
}

/** `holdfast config show`: what is in force, key by key, and where each value comes from. */
export function configShow(
  { json }: { json?: true },
  { app, paths, dataDir }: NodeApp,
  env: Readonly<Record<string, string | undefined>>,
  { out }: Terminal,
): number {
  const { config, links, file } = app.settings;
  const source = file === null ? "settings" : basename(file);
  const { fallback_chain = [], ...rest } = config;
  const given = new Map(flat(rest, ""));
  const shown: Shown[] = [
    ...links.flatMap((link, at) => linkShown(link, new Map(flat(fallback_chain[at] ?? {}, "")), source)),
    ...configKeys(schemaOf(paths.resources))
      .filter(({ key, isGroup }) => !key.startsWith("fallback_chain") && (!isGroup || given.has(key)))
      .flatMap(({ key, description }): Shown[] => {
        if (key === "data_dir")
          return [{ key, value: dataDir, source: dataSource(env, given.has(key), source) }];
        if (given.has(key)) return [{ key, value: given.get(key), source }];
        const byDefault = /^Default: (.*?)\.?$/m.exec(description ?? "")?.[1];
        return byDefault === undefined ? [] : [{ key, value: byDefault, source: "default" }];
      }),
    ...variables
      .filter((name) => env[name] !== undefined)
      .map((name) => ({
        key: name,
        value: /TOKEN|HEADERS/.test(name) ? "(set)" : withoutSecrets(env[name] ?? ""),
        source: "environment",
      })),
  ];
  if (json) {
    out.write(`${JSON.stringify({ file, data_dir: dataDir, keys: shown }, null, 2)}\n`);
    return exitCode.answered;
  }
  const width = Math.min(48, Math.max(...shown.map(({ key }) => key.length)));
  const lines = shown.map(
    ({ key, value, source: from }) => `${key.padEnd(width)}  ${textOf(value)}  (${from})`,
  );
  out.write(`${file ?? "No config file is in force."}\n\n${lines.join("\n")}\n`);
  return exitCode.answered;
}

/** Variables that change what the program does, besides keys. */
const variables = [
  "HOLDFAST_CONFIG",
  "HOLDFAST_LOG",
  "HOLDFAST_TOKEN",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_SERVICE_NAME",
];

/** An address without user, password and settings, any of which may be a key; anything else as it stands. */
function withoutSecrets(value: string): string {
  if (!value.includes("://")) return value;
  if (!URL.canParse(value)) return "(set)";
  const { protocol, username, password, host, pathname, search, hash } = new URL(value);
  const user = username + password === "" ? "" : "(hidden)@";
  return `${protocol}//${user}${host}${pathname}${search + hash === "" ? "" : "?(hidden)"}`;
}

function dataSource(
  env: Readonly<Record<string, string | undefined>>,
  isGiven: boolean,
  source: string,
): string {
  if (env.HOLDFAST_DATA_DIR !== undefined) return "HOLDFAST_DATA_DIR";
  return isGiven ? source : "default";
}

/** A link with what was left out filled in. */
function linkShown(link: Link, given: ReadonlyMap<string, unknown>, source: string): Shown[] {
  const { timeouts, capabilities } = link;
  const resolved: Record<string, unknown> = {
    provider: link.provider,
    model: link.model,
    base_url: link.baseUrl,
    api_key_env: link.apiKeyEnv,
    tier: link.tier,
    level: link.level,
    priority: link.priority,
    weight: link.weight,
    "timeouts.connect": duration(timeouts.connectMs),
    "timeouts.first_token": duration(timeouts.firstTokenMs),
    "timeouts.idle": duration(timeouts.idleMs),
    "timeouts.total": duration(timeouts.totalMs),
    "capabilities.vision": capabilities.vision,
    "capabilities.tools": capabilities.tools,
    "capabilities.json_schema": capabilities.jsonSchema,
    "capabilities.prefill": capabilities.prefill,
    "capabilities.context_window": capabilities.contextWindow,
    "price.input": link.price?.input ?? null,
    "price.output": link.price?.output ?? null,
  };
  const more = [...given].filter(([key]) => key !== "id" && !(key in resolved));
  return [
    ...Object.entries(resolved)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => ({
        key: `fallback_chain[${link.id}].${key}`,
        value,
        source: given.has(key) ? source : "default",
      })),
    ...more.map(([key, value]) => ({ key: `fallback_chain[${link.id}].${key}`, value, source })),
  ];
}

const duration = (ms: number): string | null => (Number.isFinite(ms) ? `${ms / 1_000}s` : null);

/** The keys of a config that hold something, groups taken apart; lists stay whole. */
function* flat(of: object, path: string): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(of)) {
    const key = path === "" ? name : `${path}.${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) yield* flat(value, key);
    else if (value !== undefined) yield [key, value];
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
