const removed = "[key removed]";

/**
 * Forms in which keys appear in error texts: prefixed keys (`sk-…`, `gsk_…`, `xai-…`, Google's `AIza…`), bearer tokens, and key
 * parameters in addresses. Providers echo keys shortened with asterisks, so those count as part of a key.
 */
const keyPatterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|tgp|csk|nvapi|hf)[-_][\w*.-]{6,}/gi,
  /\bAIza[\w*-]{10,}/g,
  /\b(?:Bearer|Basic)\s+[\w*.~+/=-]{6,}/gi,
  // AWS: access keys, Bedrock's API keys, and session tokens, which its complaints about a signature quote.
  /\bA[KS]IA[A-Z0-9]{12,}/g,
  /\b(?:ABSK|bedrock-api-key-)[\w+/=-]{8,}/g,
  /(?<=x-amz-security-token:)[\w+/=]+/gi,
  /(?<=[?&](?:api[-_]?key|key|token|access_token)=)[^&\s"']+/gi,
];

/** `text` without anything that looks like a key, and without the very `secrets` that were used. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    // A secret of a few letters would tear ordinary words out of the text, and is none.
    if (secret.length >= 4) clean = clean.replaceAll(secret, removed);
  }
  for (const pattern of keyPatterns) clean = clean.replace(pattern, removed);
  return clean;
}
