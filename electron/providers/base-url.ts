/**
 * An address without its version, for SDKs that add the version themselves. People write `/v1` as they do for OpenAI, and mean the same.
 */
export function withoutVersion(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
}
