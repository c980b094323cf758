import { BlockList, isIP } from "node:net";
import type { ProviderRequest } from "../chain/index.ts";
import type { ContentPart, Message } from "../contract/index.ts";

type Image = Extract<ContentPart, { type: "image" }>;

/** Beyond this an image is of no use to a model on one machine. */
const mostBytes = 20 * 1024 * 1024;
const mostRedirects = 3;
const patienceMs = 15_000;

/** Addresses that are somebody's own: a server on the web could not read an image there either. */
const closed = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  closed.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  closed.addSubnet(network, prefix, "ipv6");

/** Whether an image may be fetched from there: the open web only, never this machine or its neighbours. */
export function isOnTheWeb(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return false;
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const family = isIP(host);
  if (family === 0) return host.includes(".") && !/\.(?:localhost|local|internal|home\.arpa)$/i.test(host);
  return !closed.check(host, family === 4 ? "ipv4" : "ipv6");
}

/** An image that could be read, or null. Throws the signal's reason only. */
async function fetched(
  url: string,
  send: typeof fetch,
  signal: AbortSignal,
): Promise<Image["source"] | null> {
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    let at = url;
    for (let turns = 0; turns <= mostRedirects && isOnTheWeb(at); turns++) {
      const response = await send(at, { headers: { accept: "image/*" }, redirect: "manual", signal: either });
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        at = new URL(location, at).href;
        continue;
      }
      const [type = ""] = (response.headers.get("content-type") ?? "").toLowerCase().split(";");
      if (!response.ok || !type.startsWith("image/") || response.body === null) {
        await response.body?.cancel();
        return null;
      }
      const data = await within(response.body, mostBytes);
      return data && { media_type: type.trim(), data: data.toString("base64") };
    }
  } catch {
    signal.throwIfAborted();
  }
  return null;
}

async function within(body: ReadableStream<Uint8Array>, most: number): Promise<Buffer | null> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > most) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * The request with its images inline, as Ollama takes them: those named by an address are fetched, except for a local-only request. `lost`
 * says that at least one could not be had, or was not allowed, and is left out.
 */
export async function withInlineImages(
  request: ProviderRequest,
  send: typeof fetch,
  signal: AbortSignal,
): Promise<{ request: ProviderRequest; lost: boolean }> {
  let lost = false;
  const inline = async (part: ContentPart): Promise<ContentPart[]> => {
    if (part.type !== "image" || "data" in part.source) return [part];
    const source = request.local_only ? null : await fetched(part.source.url, send, signal);
    lost ||= source === null;
    return source === null ? [] : [{ type: "image", source }];
  };
  const messages = await Promise.all(
    request.messages.map(async (message): Promise<Message> => {
      if (message.role !== "user" || typeof message.content === "string") return message;
      return { ...message, content: (await Promise.all(message.content.map(inline))).flat() };
    }),
  );
  return { request: { ...request, messages }, lost };
}
