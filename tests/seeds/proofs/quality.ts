import { off, type Proofs } from "../proof.ts";

/** Of "Quality, drills and the service". */
export const quality: Proofs = {
  "Requirements: validation, by a function or by a judge; repair with the message, in a loop budget": [
    off(
      "chain/run.ts",
      ["if (judgement && judgement.failed.length > 0)", "if (judgement && judgement.failed.length > 1_000)"],
      ["chain/requirements.test.ts", "is repaired by the same link, which is told what is wrong"],
    ),
    off(
      "chain/trial.ts",
      ["...(own ? [own] : [])", ""],
      ["chain/requirements.test.ts", "is repaired by the same link, which is told what is wrong"],
    ),
    off(
      "chain/trial.ts",
      ["return this.#of(planned).length < this.demands.loopBudget;", "return this.#of(planned).length < 10;"],
      ["chain/requirements.test.ts", "goes to the next link when the loop budget is used up"],
    ),
    off(
      "quality/judge.ts",
      [
        "{ ok: null, costUsd } : { ...wordOf(event.answer.text), costUsd }",
        "{ ok: null, costUsd } : { ok: true, costUsd }",
      ],
      ["quality/judge.test.ts", "fails the answer with a no, whose reason is what to mend"],
    ),
    off(
      "quality/demands.ts",
      ["if (requirements.length === 0) return null;", "if (requirements.length < 100) return null;"],
      ["app/quality.test.ts", "come from code as well"],
    ),
  ],
  "Escalation in three modes (fresh start, continue, best attempt), the local model first": [
    off(
      "chain/trial.ts",
      ['case "fresh_start":\n        return [];', 'case "fresh_start":\n        return before;'],
      ["chain/requirements.test.ts", "fresh_start shows the next link the question alone"],
    ),
    off(
      "chain/trial.ts",
      ['case "continue_chat":\n        return before;', 'case "continue_chat":\n        return [];'],
      ["chain/requirements.test.ts", "continue_chat shows it every failed answer, with what was wrong"],
    ),
    off(
      "chain/trial.ts",
      ["[before.reduce(better)]", "before"],
      ["chain/requirements.test.ts", "best_attempt shows it the answer that passed most"],
    ),
    off(
      "chain/plan.ts",
      ['localFirst && link.tier === "local" ? 1 : 0', "0"],
      [
        "chain/requirements.test.ts",
        "asks the cloud only when the local model fails, where local goes first",
      ],
    ),
  ],
  "Mirroring, with agreement": [
    off(
      "quality/mirror.ts",
      ["if (mirrored === null) return", "if (mirrored !== undefined) return"],
      ["quality/mirror.test.ts", "records the attempts and the cost of all"],
    ),
    off(
      "quality/agreement.ts",
      [
        "sameJson(a, b) : normalised(a) === normalised(b);",
        "sameJson(a, b) : a.length >= 0 && b.length >= 0;",
      ],
      [
        "quality/mirror.test.ts",
        "gives the first link's answer where none agree, and says what the others say",
      ],
    ),
    off(
      "quality/mirror.ts",
      [
        ".filter(({ finished }) => finished.failure === null)",
        ".filter(({ at, finished }) => at === 0 && finished.failure === null)",
      ],
      [
        "quality/mirror.test.ts",
        "gives the answer of the one that is left, and says that nothing was compared",
      ],
    ),
  ],
  "The fallback measured with one's own prompts: answers side by side": [
    off(
      "quality/lab/run.ts",
      ["...remote.map((link) => ask(prompt, link))", ""],
      ["app/lab.test.ts", "asks every link every prompt, and says how each did"],
    ),
  ],
  "A local model needs memory: whether one fits is said beforehand": [
    off(
      "models/fit.ts",
      ['verdict: "too_large",', 'verdict: "fits",'],
      ["models/fit.test.ts", "a model that needs more memory than there is is too large"],
    ),
  ],
  "Drills: injected faults, expected behaviour, a report": [
    off(
      "drills/injector.ts",
      ["return faults.length === 0", "return faults.length >= 0"],
      ["app/drills-shipped.test.ts", "passes where nothing is set up"],
    ),
    off(
      "drills/findings.ts",
      ['outcome: ok ? "passed" : "failed",', 'outcome: ok ? "passed" : "passed",'],
      ["app/drills-shipped.test.ts", "fails without what it rehearses: %s"],
    ),
  ],
  "Metrics when a fallback is active": [
    off(
      "app/metrics.ts",
      ["this.#requests.inc({ requested_tier, tier: answered });", ""],
      [
        "app/metrics.test.ts",
        "counts at /metrics what each link did, which tier answered and what people were told",
      ],
    ),
  ],
  "Logs of fallback decisions": [
    off(
      "app/journal.ts",
      ['if (outcome === "failed") this.#log.warn(fields, text);', 'if (outcome === "failed") return;'],
      [
        "app/log.test.ts",
        "has one line for a request, which receipt, reply and failed attempts share an id with",
      ],
    ),
  ],
  "Alerts when a fallback is active": [
    off(
      "app/metrics.ts",
      ['"holdfast_fallbacks_total",', '"holdfast_fallbacks",'],
      ["observability/observability.test.ts", "has every metric and every label that %s asks for"],
    ),
  ],
  "`POST /v1/completions` and `/v1/completions/circuit`": [
    off(
      "gateway/plain-completions.ts",
      ["degradation_level: receipt.level,", ""],
      ["gateway/calls.test.ts", "%s answers with its own keys"],
    ),
    off(
      "gateway/plain-completions.ts",
      ["...routingOf(c, parts, preferredOf(wire, parts)),", "...routingOf(c, parts, undefined),"],
      ["gateway/calls.test.ts", "%s answers with its own keys"],
    ),
  ],
  "`/v1/degradation/level` and `GET /v1/circuits`": [
    off(
      "gateway/state.ts",
      ["parts.setLevel(wanted);", ""],
      [
        "gateway/calls.test.ts",
        "reads and sets the level, by query and by JSON, and refuses one that is not known",
      ],
    ),
    off(
      "gateway/server.ts",
      ["    circuits(parts),\n", ""],
      ["gateway/calls.test.ts", "tells of every circuit"],
    ),
  ],
};
