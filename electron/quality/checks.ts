import type { Requirement, Verdict } from "../chain/index.ts";
import type { RequirementSpec } from "../contract/index.ts";
import type { JsonSchemas } from "./json-schema.ts";
import { type Ask, askJudge } from "./judge.ts";
import { matches } from "./pattern.ts";
import { isRefusal } from "./refusal.ts";
import { canonical, charactersIn, languageOf, wordsIn } from "./words.ts";

/** What some checks need besides the answer. */
export interface CheckTools {
  schemas: JsonSchemas;
  /** Asks the chain for a judge's word. */
  ask: Ask;
}

type Spec<Check extends RequirementSpec["check"]> = Extract<RequirementSpec, { check: Check }>;

/** A requirement that a person wrote, as a function. */
export function requirementOf(spec: RequirementSpec, tools: CheckTools): Requirement {
  const built = build(spec, tools);
  return { ...built, name: spec.name ?? spec.check, repair: spec.repair ?? built.repair };
}

type Built = Omit<Requirement, "name">;

function build(spec: RequirementSpec, tools: CheckTools): Built {
  switch (spec.check) {
    case "json":
      return {
        validate: ({ text }) => jsonVerdict(text, () => null),
        repair: "Answer with one JSON value alone: no Markdown fence, no other text.",
      };
    case "json_schema":
      return {
        validate: ({ text }) => jsonVerdict(text, (value) => tools.schemas.faultOf(spec.schema, value)),
        repair: `Answer with one JSON value alone (no Markdown fence, no other text) that fits this JSON Schema: ${JSON.stringify(spec.schema)}`,
      };
    case "max_length":
    case "min_length":
      return lengthCheck(spec);
    case "matches":
    case "not_matches":
      return patternCheck(spec);
    case "contains":
    case "not_contains":
      return textCheck(spec);
    case "language":
      return languageCheck(spec);
    case "no_refusal":
      return {
        validate: ({ text }) =>
          isRefusal(text) ? { ok: false, why: "It declines to answer." } : { ok: true },
        repair: "Answer the question as well as you can.",
      };
    case "judge":
      return {
        isDear: true,
        validate: (answer, request, { signal, remainingMs }) =>
          askJudge({
            ask: tools.ask,
            question: spec.question,
            link: spec.link ?? null,
            answer,
            request,
            signal,
            remainingMs,
          }),
        repair: `It must be possible to say yes to this: ${spec.question}`,
      };
    default:
      return spec satisfies never;
  }
}

function jsonVerdict(text: string, faultOf: (value: unknown) => string | null): Verdict {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, why: `It is not JSON (${(error as Error).message}).` };
  }
  const fault = faultOf(value);
  return fault === null ? { ok: true } : { ok: false, why: fault };
}

function lengthCheck({ check, words, characters }: Spec<"max_length" | "min_length">): Built {
  const isMax = check === "max_length";
  const limits = [
    { limit: words, of: wordsIn, unit: "words" },
    { limit: characters, of: charactersIn, unit: "characters" },
  ] as const;
  const wanted = limits.flatMap(({ limit, unit }) => (limit === undefined ? [] : [`${limit} ${unit}`]));
  return {
    validate: ({ text }) => {
      for (const { limit, of, unit } of limits) {
        if (limit === undefined) continue;
        const has = of(text);
        if (isMax ? has > limit : has < limit) {
          return {
            ok: false,
            why: `It has ${has} ${unit}, and ${isMax ? "at most" : "at least"} ${limit} are wanted.`,
          };
        }
      }
      return { ok: true };
    },
    repair: `Write ${isMax ? "at most" : "at least"} ${wanted.join(" and ")}.`,
  };
}

function patternCheck({ check, pattern, flags }: Spec<"matches" | "not_matches">): Built {
  const isWanted = check === "matches";
  const shown = `/${pattern}/${flags ?? ""}`;
  return {
    validate: ({ text }) =>
      matches(text, pattern, flags) === isWanted
        ? { ok: true }
        : { ok: false, why: `It ${isWanted ? "does not match" : "matches"} ${shown}.` },
    repair: `The answer must ${isWanted ? "" : "not "}match the regular expression ${shown}.`,
  };
}

function textCheck({ check, text: wanted, ignore_case }: Spec<"contains" | "not_contains">): Built {
  const isWanted = check === "contains";
  const folded = (text: string) => (ignore_case ? text.toLowerCase() : text);
  return {
    validate: ({ text }) =>
      folded(text).includes(folded(wanted)) === isWanted
        ? { ok: true }
        : { ok: false, why: `It ${isWanted ? "lacks" : "contains"} “${wanted}”.` },
    repair: `The answer must ${isWanted ? "" : "not "}contain “${wanted}”.`,
  };
}

function languageCheck({ language }: Spec<"language">): Built {
  const wanted = canonical(language);
  const nameOf = (code: string) => new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  return {
    validate: ({ text }) => {
      const found = languageOf(text);
      if (found === null) return { ok: true };
      return found === wanted ? { ok: true } : { ok: false, why: `It seems to be in ${nameOf(found)}.` };
    },
    repair: `Answer in ${nameOf(wanted)}.`,
  };
}
