import type { ProviderRequest } from "../../electron/chain/index.ts";

/** The smallest PNG, 1 x 1 pixel, base64. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const weatherSchema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
} as const;

/** A conversation with everything in it that a family has to translate. */
export const fullRequest: ProviderRequest = {
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", source: { media_type: "image/png", data: pixel } },
      ],
    },
    {
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "call_a", name: "get_weather", arguments: '{"city":"Oslo"}' },
        { id: "call_b", name: "get_weather", arguments: '{"city":"Rome"}' },
      ],
    },
    { role: "tool", tool_call_id: "call_a", content: "4 degrees" },
    { role: "tool", tool_call_id: "call_b", content: "18 degrees" },
    { role: "user", content: "And now?" },
  ],
  max_tokens: 50,
  temperature: 0.5,
  top_p: 0.9,
  stop: ["END"],
  seed: 7,
  tools: [{ name: "get_weather", description: "The weather in a city", parameters: weatherSchema }],
  tool_choice: "auto",
};
