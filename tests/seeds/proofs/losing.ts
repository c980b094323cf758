import { off, type Proofs } from "../proof.ts";

/** Of "Losing no more than must be lost". */
export const losing: Proofs = {
  "Levels `full` to `offline`: features and token limits": [
    off(
      "chain/translate.ts",
      ["if (maxTokens !== null) asked.max_tokens = Math.min(asked.max_tokens ?? maxTokens, maxTokens);", ""],
      ["chain/levels.test.ts", "limits the answer and drops features, and the receipt says so"],
    ),
    off(
      "chain/plan.ts",
      ["wanted.filter((feature) => levelRules[ceiling].features.includes(feature));", "wanted;"],
      ["chain/levels.test.ts", "limits the answer and drops features, and the receipt says so"],
    ),
    off(
      "chain/levels.ts",
      [
        "return level.options.indexOf(of) >= level.options.indexOf(ceiling);",
        "return of !== ceiling || true;",
      ],
      ["chain/plan.test.ts", "sees no link above the level, and none at all where there are to be none"],
    ),
  ],
  "Levels that move by themselves": [
    off(
      "health/levels.ts",
      ["const misses = state.misses + 1;", "const misses = 0;"],
      [
        "health/levels.test.ts",
        "goes after the second request in a row that was answered below, to where that was",
      ],
    ),
    off(
      "health/levels.ts",
      ["const isRaised = count >= settings.upAfter && ", "const isRaised = false && "],
      ["health/levels.test.ts", "goes when a better link has succeeded twice in a row"],
    ),
    off(
      "app/level-watch.ts",
      ['this.#observe({ type: "answered", level: receipt.level });', ";"],
      ["app/level-watch.test.ts", "goes down with what answers, and up again with a link that is well"],
    ),
  ],
  "Emergency cache: exact, oldest evicted": [
    off(
      "cache/emergency-cache.ts",
      ["const exact = await store.find(key);", "const exact = (await store.find(key)) && null;"],
      [
        "cache/emergency-cache.test.ts",
        "while the embedder is down the same question is still found, and what was written is embedded later",
      ],
    ),
    off(
      "cache/normalise.ts",
      ['.normalize("NFKC").replaceAll(/\\s+/g, " ").toLowerCase()', ""],
      ["cache/normalise.test.ts", "%j and %j"],
    ),
    off(
      "cache/sqlite-store.ts",
      ["seq LIMIT ?)", "seq LIMIT 0 * ?)"],
      [
        "cache/exact-lookup.test.ts",
        "beyond max_entries the oldest go, and one that was renewed is young again",
      ],
    ),
    off(
      "chain/teller.ts",
      ["await cache?.put(request, answer, receipt);", ";"],
      ["chain/chain.test.ts", "asks the cache only when no link can answer"],
    ),
  ],
  "Emergency cache: similar questions": [
    off(
      "cache/emergency-cache.ts",
      ['judged.find(({ verdict }) => verdict === "same") ?? null;', "judged.find(() => false) ?? null;"],
      [
        "cache/emergency-cache.test.ts",
        "a near question that the guard finds the same is answered, with the earlier question and how near it is",
      ],
    ),
    off(
      "cache/emergency-cache.ts",
      ["similarity >= threshold || guarded", "similarity >= 0 || guarded"],
      ["cache/emergency-cache.test.ts", "without a guard the threshold alone decides"],
    ),
    off(
      "cache/emergency-cache.ts",
      ["guard?.(originalQuestion, entry.originalQuestion, similarity),", "undefined,"],
      ["cache/emergency-cache.test.ts", "one that the guard refuses is not shown, and the reason is kept"],
    ),
    off(
      "cache/emergency-cache.ts",
      ["await verdicts.say(lookup, earlier, same, clock.now());", ""],
      ["cache/emergency-cache.test.ts", "a no to the same question ends that pair for good, and no other"],
    ),
  ],
  "Static reply when nothing answers, with `retry_after` and what to do": [
    off(
      "chain/chain-failure.ts",
      ["retry_after_ms: retryAfterMs,", "retry_after_ms: null,"],
      ["chain/chain.test.ts", "says that nothing could answer, with every attempt"],
    ),
    off(
      "gateway/trouble.ts",
      ['if (trouble.retryAfterS !== null) c.header("Retry-After", String(trouble.retryAfterS));', ""],
      ["gateway/gateway.test.ts", "says 503 with the attempts when nothing can answer (stream: %s)"],
    ),
  ],
  "A request that can wait is queued and worked off": [
    off(
      "app/outbox.ts",
      ["if (entry) this.#begin(entry);", ""],
      ["app/outbox.test.ts", "what nothing could answer is asked again and answered beside the failure"],
    ),
    off(
      "store/outbox.ts",
      ["#freeAbandoned(): void {", "#freeAbandoned(): void {\n    if (this.#max >= 0) return;"],
      [
        "app/outbox-kill.test.ts",
        "an entry whose process is killed while it asks comes back, and is answered once",
      ],
    ),
  ],
  "Notices: backup used, cached, shorter, slow, queued": [
    off(
      "notices/derive.ts",
      ['told.push({ code: "backup_used" });', "{}"],
      ["notices/derive.test.ts", "says that a backup answered, and why the first did not"],
    ),
    off(
      "notices/derive.ts",
      ['if (receipt.tier === "cache") told.push({ code: "cached_answer" });', ""],
      ["notices/derive.test.ts", "tells the age and the question of a cached answer"],
    ),
    off(
      "notices/derive.ts",
      ['if (finishReason === "length") told.push({ code: "shorter_answer" });', ""],
      ["notices/derive.test.ts", "names what was dropped, and an answer that its limit cut short"],
    ),
    off(
      "notices/derive.ts",
      ['if (firstWordMs(receipt) > slowMs) told.push({ code: "slow" });', ""],
      ["notices/derive.test.ts", "says that an answer was slow, counted from the first attempt on"],
    ),
    off(
      "notices/derive.ts",
      ['waiting: "queued",', 'waiting: "asking_again",'],
      ["notices/derive.test.ts", "words a question that is %s, answered so far by %s"],
    ),
  ],
  "Partial responses, loops and refusals as failures": [
    off(
      "chain/attempt.ts",
      [
        "if (next.done) {",
        'if (next.done) {\n        return { outcome: "answered", record: record("answered", null), finishReason: "stop", model: "", dropped };',
      ],
      ["chain/recovery.test.ts", "never looks whole when nothing can go on"],
    ),
    off(
      "chain/repetition.ts",
      ["if (run <= this.#tail.length && isPeriodic(this.#tail, unit, run)) return true;", ""],
      ["chain/levels.test.ts", "ends an answer that goes round in circles only then"],
    ),
    off(
      "providers/anthropic-events.ts",
      ['if (reason === "refusal") throw describedFailure("refusal", endpoint, refusal, head);', ""],
      ["providers/failures.test.ts", "is refusal when %s says so"],
    ),
  ],
};
