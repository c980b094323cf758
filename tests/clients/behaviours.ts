/** What every client is made to do, and what it must see. A client gives `null` for what it has no means for. */
export const behaviours = {
  plain: {
    sentence: "gets a plain answer, and the model that gave it",
    seen: ["Hello from far away.", "far-model"],
  },
  stream: {
    sentence: "gets a streamed answer piece by piece",
    seen: ["Hello from far away.", "several"],
  },
  tool: {
    sentence: "has a tool called, and its result used",
    seen: ["get_weather", { city: "Oslo" }, "It is sunny, 21 degrees in Oslo."],
  },
  streamed_tool: { sentence: "has a tool called in a stream", seen: ["get_weather", { city: "Oslo" }] },
  json: { sentence: "gets JSON by a schema", seen: { name: "Oslo", population: 717_710 } },
  streamed_json: {
    sentence: "gets JSON by a schema in a stream",
    seen: { name: "Oslo", population: 717_710 },
  },
  embeddings: { sentence: "gets embeddings in which near texts are near", seen: [384, "nearer"] },
  wrong_token: { sentence: "knows a wrong token by its own error", seen: 401 },
  too_many: { sentence: "knows too many requests by its own error", seen: 429 },
  unanswered: { sentence: "knows by its own error that nothing can answer", seen: 503 },
  local_only: { sentence: "stays on this machine when its header says so", seen: "Hello from this machine." },
} as const;

export type Behaviour = keyof typeof behaviours;

/** The questions that the provider behind the gateway knows. */
export const questions = {
  hello: "Say hello.",
  weather: "What is the weather in Oslo?",
  city: "Tell me of Oslo.",
  nobody: "Nobody answers this.",
} as const;

/** The texts to embed: the first two are near each other. */
export const texts = [
  "A cat sat on the mat.",
  "A kitten lay on the rug.",
  "Interest rates rose again.",
] as const;

/** Whether the first vector is nearer to the second than to the third. */
export function nearness([a = [], b = [], c = []]: readonly number[][]): "nearer" | "not nearer" {
  const dot = (one: number[], other: number[]) =>
    one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  return dot(a, b) > dot(a, c) ? "nearer" : "not nearer";
}
