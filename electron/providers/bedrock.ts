import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { type Link, type Provider, ProviderFailure } from "../chain/index.ts";
import { awsRequestHandler } from "./aws-fetch.ts";
import { type AwsIdentity, awsIdentity, noCredentials } from "./aws-identity.ts";
import { bedrockEvents } from "./bedrock-events.ts";
import { bedrockDropped, bedrockRequest } from "./bedrock-request.ts";
import { door } from "./door.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";
import { requestIdOf } from "./failure.ts";
import { keyOf } from "./key.ts";
import type { ProviderOptions } from "./options.ts";
import { perLink } from "./per-link.ts";
import { attemptStream, type Head } from "./stream.ts";

const ownHost = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;

/** The region that a link names, in its address or in the ARN of its model; null when it names none. */
function regionOf({ baseUrl, model }: Link): string | null {
  const inAddress =
    baseUrl === null ? null : /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(new URL(baseUrl).hostname)?.[1];
  return inAddress ?? /^arn:[\w-]+:bedrock:([\w-]+):/.exec(model)?.[1] ?? null;
}

/** A client for one link, and where it asks. */
interface Reached {
  client: BedrockRuntimeClient;
  endpoint: Endpoint;
}

/** The region of this machine's AWS settings, or the failure that there is none. */
async function regionOfMachine(link: Link): Promise<string> {
  const { BedrockRuntimeClient } = await import("@aws-sdk/client-bedrock-runtime");
  try {
    return await new BedrockRuntimeClient().config.region();
  } catch (cause) {
    throw new ProviderFailure(
      "invalid_request",
      `Link "${link.id}" has no AWS region. Set AWS_REGION, or base_url to the address of a region, such as https://bedrock-runtime.us-east-1.amazonaws.com.`,
      { cause },
    );
  }
}

/**
 * Models at Amazon Bedrock through ConverseStream and the official AWS SDK, which is loaded with the first request. A link's `model` is the id of a model or an
 * inference profile, or an ARN; `base_url` is only needed for another region than this machine's.
 */
export function bedrockProvider(options: ProviderOptions): Provider {
  const clients = perLink(async (link, baseUrl, key): Promise<Reached> => {
    const { BedrockRuntimeClient } = await import("@aws-sdk/client-bedrock-runtime");
    const endpoint = endpointOf(link, baseUrl, key);
    // At another address the region is only part of the signature.
    const region = regionOf({ ...link, baseUrl }) ?? "us-east-1";
    const identity: AwsIdentity = await awsIdentity(link, key, {
      region,
      ownHost: ownHost.test(new URL(baseUrl).hostname),
      send: options.fetch,
    });
    const send = door({ ...options, endpoint, streamType: "application/vnd.amazon.eventstream" });
    const client = new BedrockRuntimeClient({
      ...identity,
      endpoint: baseUrl,
      region,
      requestHandler: awsRequestHandler(send),
      maxAttempts: 1,
      retryMode: "standard",
      defaultsMode: "standard",
    });
    return { client, endpoint };
  });

  return {
    stream: (request, link, signal) =>
      attemptStream(signal, async () => {
        const key = await keyOf(link, options, false);
        const region = regionOf(link) ?? (link.baseUrl === null ? await regionOfMachine(link) : null);
        const suffix = region?.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        const { client, endpoint } = await clients(
          link,
          link.baseUrl ?? `https://bedrock-runtime.${region}.${suffix}`,
          key,
        );
        if (key === null) {
          await client.config.credentials().catch((error: unknown) => {
            throw noCredentials(link, error);
          });
        }
        return {
          endpoint,
          async open(abortSignal, giveUp) {
            const { ConverseStreamCommand } = await import("@aws-sdk/client-bedrock-runtime");
            const command = new ConverseStreamCommand(bedrockRequest(request, link));
            const head = Promise.withResolvers<Head>();
            // The SDK gives nothing before the first event; this looks at the response as it comes in.
            command.middlewareStack.add(
              (next) => async (args) => {
                const result = await next(args);
                const { statusCode: status, headers } = result.response as {
                  statusCode: number;
                  headers: Record<string, string>;
                };
                head.resolve({ status, requestId: requestIdOf(new Headers(headers)) });
                return result;
              },
              { step: "deserialize", priority: "low", name: "head" },
            );
            const sending = client.send(command, { abortSignal });
            sending.catch(head.reject);
            const seen = await head.promise;
            return {
              head: seen,
              dropped: bedrockDropped(request, link),
              events: bedrockEvents(eventsOf(sending), endpoint, seen, {
                clock: options.clock,
                link,
                giveUp,
              }),
            };
          },
        };
      }),
  };
}

async function* eventsOf(sending: Promise<{ stream?: AsyncIterable<unknown> | undefined }>) {
  const { stream } = await sending;
  if (stream !== undefined) yield* stream;
}
