import { off, type Proofs } from "../proof.ts";

/** Of "Asking, and falling through". */
export const asking: Proofs = {
  "One interface for every backend; a link is a line in a config": [
    off(
      "providers/create.ts",
      ["ollama: ollamaProvider", "ollama: openaiProvider"],
      ["providers/parity.test.ts", "asks and is told as its provider documents: %s"],
    ),
    off(
      "app/links.ts",
      ["provider: link.provider,", 'provider: "openai",'],
      ["app/links.test.ts", "leads to what its line in the config names"],
    ),
  ],
  "Format bridging: tools, images and forms in each provider's own words": [
    off(
      "providers/anthropic-request.ts",
      ["input_schema: ", "parameters: "],
      ["providers/parity.test.ts", "asks and is told as its provider documents: %s"],
    ),
  ],
  "The chain as a list in a config file, with time limits as `30s`": [
    off(
      "store/config-file.ts",
      [
        "if (checked.success && problems.length === 0) return checked.data;",
        "if (checked.success) return {};",
      ],
      ["store/config-file.test.ts", "may repeat a group through an anchor"],
    ),
    off(
      "contract/config.ts",
      [
        "return Number(amount) * unitMs[unit as keyof typeof unitMs];",
        "return Number(amount) + 0 * Number(unit);",
      ],
      ["app/links.test.ts", "are those of the config where it names them; `timeout` is short for the whole"],
    ),
  ],
  "Ordered fallback: the next link when one fails": [
    off(
      "chain/run.ts",
      [
        "if (failure) return yield* this.#fail(failure);",
        "return yield* this.#fail(failure ?? nothingAnswered([], this.#rules.offline, null));",
      ],
      ["chain/chain.test.ts", "moves to the next link when one fails, and says why"],
    ),
  ],
  "Local model as the last line of defence": [
    off(
      "chain/order.ts",
      [
        "return [...rankedBy(remote, keys(strategy, gate, random)), ...local];",
        "return rankedBy([...remote, ...local], keys(strategy, gate, random));",
      ],
      ["chain/plan.test.ts", "goes by latency as it was seen, with this machine's models behind all others"],
    ),
    off(
      "providers/llama.ts",
      ["engine.generate(build(), signal)", "[] as LlamaEvent[]"],
      ["providers/llama.test.ts", "tells what the engine tells, in the chain's events"],
    ),
  ],
  "Skip predicate: `retryable_only` by default there, everything by choice; rules of one's own": [
    off(
      "chain/failure-table.ts",
      ["return table[kind][rule.preset];", "return table[kind].always_answer;"],
      [
        "chain/chain.test.ts",
        "stops at a rejected key under retryable_only, and moves on under always_answer",
      ],
    ),
    off(
      "chain/failure-table.ts",
      [
        "for (const overrides of [own, rule]) {",
        "for (const overrides of [null] as (SkipOverrides | null)[]) {",
      ],
      ["chain/levels.test.ts", "moves on from a refusal only then, for the chain or for one link"],
    ),
    off(
      "chain/run.ts",
      ['if (consequence === "stop") return endedBy("stopped", failure);', ""],
      [
        "chain/chain.test.ts",
        "stops at a failure that no other link can mend, and keeps its status and words",
      ],
    ),
  ],
  "Attempt trace with outcome and duration; `AllProvidersFailedError`": [
    off(
      "chain/run.ts",
      ["this.#state.attempts.push(attempt);", ""],
      ["chain/chain.test.ts", "says that nothing could answer, with every attempt"],
    ),
    off(
      "chain/attempt.ts",
      ["duration_ms: since(),", "duration_ms: 0,"],
      ["chain/chain.test.ts", "ends an attempt that keeps talking beyond its total limit"],
    ),
    off(
      "chain/collect.ts",
      ["if (event.failure) throw new AllLinksFailed(event.failure, event.receipt);", ""],
      ["chain/chain.test.ts", "gives a collected answer, and throws AllLinksFailed with the attempts"],
    ),
  ],
  "Who answered, and why not the first: in every answer": [
    off(
      "chain/receipt.ts",
      ["tier: by.link.tier,", 'tier: "cloud",'],
      ["chain/chain.test.ts", "moves to the next link when one fails, and says why"],
    ),
  ],
  "Limits for each attempt": [
    off(
      "chain/limits.ts",
      ["this.#trip(new ProviderFailure(kind, sentences[kind]?.(limitMs) ?? kind));", "void [kind, limitMs];"],
      ["chain/chain.test.ts", "ends an attempt that keeps talking beyond its total limit"],
    ),
  ],
  "Active and passive, by `priority`": [
    off(
      "chain/order.ts",
      ["links.toSorted((a, b) => a.priority - b.priority)", "[...links]"],
      ["chain/plan.test.ts", "goes by priority"],
    ),
  ],
  "Weights, halved by each recent failure, decaying": [
    off(
      "chain/order.ts",
      ["link.weight * gate.confidence(link)", "1"],
      ["chain/plan.test.ts", "draws by weight and confidence"],
    ),
    off(
      "health/weights.ts",
      ["return 0.5 ** this.#recent(link);", "return 1;"],
      ["health/weights.test.ts", "halves a link's weight for each recent failure"],
    ),
    off(
      "health/weights.ts",
      [" * 0.5 ** ((clock.monotonic() - failures.at) / halfLifeMs)", ""],
      ["health/weights.test.ts", "lets a failure count half as much after each half-life"],
    ),
  ],
  "Cheapest first": [
    off(
      "chain/order.ts",
      ["(price ? price.input + price.output : Number.POSITIVE_INFINITY)", "(price ? 0 : 0)"],
      ["chain/plan.test.ts", "goes by price, the unknown last, this machine's models behind all others"],
    ),
  ],
  "Fastest first": [
    off(
      "chain/order.ts",
      ["gate.latencyMs(link) ?? Number.POSITIVE_INFINITY", "Number(gate.latencyMs(link)) * 0"],
      ["chain/plan.test.ts", "goes by latency as it was seen, with this machine's models behind all others"],
    ),
    off(
      "health/latency.ts",
      ["percentile(sorted, 0.95)", "percentile(sorted, 0.5)"],
      ["health/latency.test.ts", "gives the median and the 95th percentile of what it saw"],
    ),
  ],
  "Routing by capability": [
    off(
      "chain/plan.ts",
      ["const misfits = within.some((feature) => !can(link, feature)) ? 2 : 0;", "const misfits = 0;"],
      ["chain/plan.test.ts", "puts links that can't do all that is asked behind those that can"],
    ),
    off(
      "chain/plan.ts",
      ["(tokens > (link.capabilities.contextWindow ?? Number.POSITIVE_INFINITY) ? 1 : 0)", "0 * tokens"],
      ["chain/plan.test.ts", "puts links whose context window is too small behind the others"],
    ),
  ],
  "A preferred provider": [
    off(
      "chain/plan.ts",
      ["link.id === request.preferred ? 2 : ", ""],
      ["chain/plan.test.ts", "tries the preferred link first whatever the strategy"],
    ),
  ],
  "The same model elsewhere, another region, another model, a smaller model": [
    off(
      "app/links.ts",
      ["baseUrl: link.base_url ?? null,", "baseUrl: null,"],
      ["app/links.test.ts", "leads to what its line in the config names"],
    ),
    off(
      "app/links.ts",
      ['link.level ?? (tier === "local" ? "minimal" : "full")', '"full"'],
      ["app/links.test.ts", "is of the level full in the cloud, minimal on this machine"],
    ),
  ],
  "Many providers behind one format": [
    off(
      "providers/openai-compatible.ts",
      ["if (link.baseUrl !== null) return link.baseUrl;", ""],
      ["providers/parity.test.ts", "asks and is told as its provider documents: %s"],
    ),
    off(
      "providers/presets.ts",
      ["if (read.success) return read.data;", "if (read.success) return read.data.slice(0, 5);"],
      ["providers/presets.test.ts", "are the ones that the settings page promises, each once"],
    ),
  ],
};
