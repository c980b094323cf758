import { z } from "zod";

/** The gateway of this app. `url` is null while it is off; `error` says why it could not begin. */
export const gatewayInfo = z.object({
  enabled: z.boolean(),
  port: z.int(),
  url: z.string().nullable(),
  error: z.string().nullable(),
  /** Where the token is from; one of a `session` holds until the next start. */
  token_source: z.enum(["environment", "stored", "session"]),
});
export type GatewayInfo = z.infer<typeof gatewayInfo>;
