import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { type Link, ProviderFailure } from "../chain/index.ts";
import { awsRequestHandler } from "./aws-fetch.ts";

/** How requests to AWS are signed: by a bearer token, or by an access key. */
export type AwsIdentity = Pick<BedrockRuntimeClientConfig, "token" | "credentials" | "authSchemePreference">;

interface Surroundings {
  region: string;
  /** Whether the link asks AWS itself. */
  ownHost: boolean;
  send: typeof fetch;
}

/** An access key in the place of a key: `AKIA…:secret`, with a session's token as a third part. */
const accessKey = /^(A[KS]IA[A-Z0-9]+):([^:]+)(?::(.+))?$/;

/**
 * Who asks. A link's key is a Bedrock API key, or an access key as `ID:SECRET` or `ID:SECRET:SESSION`. Without one, and only where
 * `ownHost` is true, it is what the AWS tools use: the variables `AWS_ACCESS_KEY_ID` and so on, or the profile in `~/.aws`. Sign-ins that a
 * profile asks for go through `send`.
 */
export async function awsIdentity(
  link: Link,
  key: string | null,
  { region, ownHost, send }: Surroundings,
): Promise<AwsIdentity> {
  const [, accessKeyId, secretAccessKey, sessionToken] = accessKey.exec(key ?? "") ?? [];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    return { credentials, authSchemePreference: ["aws.auth#sigv4"] };
  }
  if (key !== null) return { token: { token: key }, authSchemePreference: ["httpBearerAuth"] };
  if (!ownHost) {
    throw new ProviderFailure(
      "auth",
      `Link "${link.id}" has no key. This machine's AWS credentials go to AWS only: enter a key for it under Settings, Providers.`,
    );
  }
  const [{ fromEnv }, { fromIni }] = await Promise.all([
    import("@aws-sdk/credential-provider-env"),
    import("@aws-sdk/credential-provider-ini"),
  ]);
  const through = { region: () => Promise.resolve(region), requestHandler: awsRequestHandler(send) };
  // Read anew each time: a person may sign in while this program runs. Roles, SSO and sessions each look for the way out in another of these places.
  const fromProfile = fromIni({ clientConfig: through, parentClientConfig: through, ignoreCache: true });
  const credentials = () => fromEnv()().catch(() => fromProfile({ callerClientConfig: through }));
  return { credentials, authSchemePreference: ["aws.auth#sigv4"] };
}

/** The failure that it is when a machine has no credentials that can be used. */
export function noCredentials(link: Link, cause: unknown): ProviderFailure {
  return new ProviderFailure(
    "auth",
    `Link "${link.id}" has no AWS credentials that can be used. Enter a Bedrock API key for it under Settings, Providers, or set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in to a profile with "aws login" or "aws sso login".`,
    { cause },
  );
}
