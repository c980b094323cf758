import type { OpenAPIHono } from "@hono/zod-openapi";

/** The OpenAPI document of the calls that a gateway serves. */
export function documentOf(
  gateway: Pick<OpenAPIHono, "openAPIRegistry" | "getOpenAPI31Document">,
  version: string,
) {
  gateway.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  gateway.openAPIRegistry.registerComponent("securitySchemes", "anthropicToken", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
  });
  return gateway.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Holdfast's gateway",
      version,
      description:
        "A chain of language models behind one address on this machine, in the wire formats of OpenAI and Anthropic.",
      license: { name: "Apache License 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }, { anthropicToken: [] }],
  });
}
