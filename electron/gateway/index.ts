/** The HTTP service on loopback, for clients of OpenAI and Anthropic. */
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export type { Embedded, GatewayParts } from "./parts.ts";
export { createGateway, type Gateway } from "./server.ts";
export { Refusal } from "./trouble.ts";
