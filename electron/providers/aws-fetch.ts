/** A request as the AWS SDK hands it over. */
interface AwsRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** A response as the AWS SDK takes it. */
interface AwsResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: ReadableStream<Uint8Array> | null;
}

/** What sends the requests of an AWS client. */
export interface AwsRequestHandler {
  metadata: { handlerProtocol: string };
  handle(request: AwsRequest, options?: { abortSignal?: unknown }): Promise<{ response: AwsResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/** Headers that `fetch` makes itself, from the address and the body. */
const ownHeaders = new Set(["host", "content-length"]);

function urlOf({ protocol, hostname, port, path, query = {} }: AwsRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) url.searchParams.append(name, one ?? "");
  }
  return url;
}

/** Makes the AWS SDK send through `send`, in place of its own connections, which know nothing of this program's proxies, limits and privacy. */
export function awsRequestHandler(send: typeof fetch): AwsRequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, { abortSignal } = {}) {
      const { method, headers, body } = request;
      const response = await send(urlOf(request), {
        method,
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name))),
        ...(body !== undefined && { body }),
        ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
      });
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: response.body,
        },
      };
    },
    // The SDK would change settings of connections here, and there are none.
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}
