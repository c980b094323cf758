/** The OpenAI-compatible HTTP service on loopback. */
export { createGateway, type GatewayParts } from "./server.ts";
