import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { config, linkConfig } from "../../electron/contract/index.ts";
import {
  ConfigError,
  configJsonSchema,
  findConfigFile,
  loadConfigFile,
  parseConfig,
} from "../../electron/store/index.ts";
import { temporaryFolder } from "./support.ts";

const readFile = (path: string) => readFileSync(path, "utf8");

/** The lines of the error that a text gives. */
function problemsOf(text: string): string[] {
  try {
    parseConfig(text, "holdfast.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("a good file", () => {
  test.each([
    ["YAML", "deadline: 30s\nhedge: { after: off }\n"],
    ["JSON", '{\n\t"deadline": "30s",\n\t"hedge": { "after": "off" }\n}'],
    [
      "YAML with a byte order mark and Windows line ends",
      "\ufeffdeadline: 30s\r\nhedge:\r\n  after: off\r\n",
    ],
  ])("as %s is read as it stands", (_, text) => {
    expect(parseConfig(text, "file")).toEqual({ deadline: "30s", hedge: { after: "off" } });
  });

  test.each(["", "# nothing set\n"])("may be empty: %j", (text) => {
    expect(parseConfig(text, "file")).toEqual({});
  });

  test("may repeat a group through an anchor", () => {
    const text = `
fallback_chain:
  - { id: a, provider: openai, model: m, timeouts: &slow { total: 90s } }
  - { id: b, provider: openai, model: n, timeouts: *slow }
`;
    expect(parseConfig(text, "file").fallback_chain?.[1]?.timeouts).toEqual({ total: "90s" });
  });
});

describe("every problem is told at once, with line, column, key and how to mend it", () => {
  test("in a file with many", () => {
    const text = `fallback_chain:
  - id: a
    provider: openai
    model: gpt-5
  - id: b
    provider: opnai
    timeout: "30"
deadline: 30
strategie: priority
hedge: { after: p96 }
cache:
  threshold: 2
  enabled: yes
health:
gateway: { port: 1.5 }
budget: { monthly_usd: -1 }
offline: []
`;
    expect(problemsOf(text)).toEqual([
      "holdfast.yaml:5:5 fallback_chain[1].model: is missing: write a text",
      'holdfast.yaml:6:5 fallback_chain[1].provider: "opnai" is not one of openai, anthropic, azure-openai, bedrock, vertex, ollama, llama, openai-compatible; did you mean openai?',
      'holdfast.yaml:7:5 fallback_chain[1].timeout: "30" is not a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d',
      "holdfast.yaml:8:1 deadline: 30 is not a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d",
      "holdfast.yaml:9:1 strategie: is not a known key; did you mean strategy?",
      'holdfast.yaml:10:10 hedge.after: "p96" is not one of off, p95, or a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d; did you mean p95?',
      "holdfast.yaml:12:3 cache.threshold: 2 is too large: it must be at most 1",
      'holdfast.yaml:13:3 cache.enabled: "yes" is not true or false',
      "holdfast.yaml:14:1 health: is empty: write a group of keys, such as probe_interval, or remove the key",
      "holdfast.yaml:15:12 gateway.port: 1.5 is not a whole number",
      "holdfast.yaml:16:11 budget.monthly_usd: -1 is too small: it must be at least 0",
      "holdfast.yaml:17:1 offline: a list is not a group of keys, such as message",
    ]);
  });

  test("as data too, for a page to show", () => {
    try {
      parseConfig("deadline: 5m\nskip: never\n", "holdfast.yaml");
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).problems).toEqual([
        {
          line: 2,
          column: 1,
          path: "skip",
          message: '"never" is not one of always_answer, retryable_only, or a group of keys, such as next',
        },
      ]);
    }
  });

  test.each([
    ["- 1\n", "1:1 a list is not a group of keys, such as fallback_chain"],
    ["fallback_chain: []\n", "1:1 fallback_chain: is empty: name at least one link"],
    [
      "fallback_chain:\n  - { id: a, provider: llama, model: m }\n  - { id: a, provider: llama, model: m }\n",
      '3:7 fallback_chain[1].id: "a" is used twice: every link needs an id of its own',
    ],
    [
      "fallback_chain:\n  - { id: a, provider: llama, model: m, max_retries: 3 }\n",
      "2:41 fallback_chain[0].max_retries: is not a known key; did you mean retry.max_retries?",
    ],
    ["budget: { euros: 3 }\n", "1:11 budget.euros: is not a known key here; known are monthly_usd"],
  ])("%j", (text, problem) => {
    expect(problemsOf(text)).toEqual([`holdfast.yaml:${problem}`]);
  });
});

describe("mistakes in the notation", () => {
  test.each([
    [
      "deadline: 30s\nskip: always_answer\ndeadline: 40s\n",
      "3:1 deadline: stands twice in the same group: keep one of them",
    ],
    ["cache:\n\tenabled: true\n", "2:1 this line is indented with a tab: use spaces"],
    [
      "deadline: 30s\n---\ndeadline: 40s\n",
      "2:1 a second document begins here (---): keep one document in the file",
    ],
    ["deadline: *usual\n", "1:11 deadline: *usual stands for nothing: no &usual comes before it"],
    ["deadline: !secs 30s\n", "1:11 the tag (!) is not known here: leave it out, or put the text in quotes"],
  ])("%j is told as what it is", (text, problem) => {
    expect(problemsOf(text)).toEqual([`holdfast.yaml:${problem}`]);
  });

  test("a text that is neither YAML nor JSON is told with its place", () => {
    expect(problemsOf("cache: { enabled: true\nskip: x\n")[0]).toMatch(
      /^holdfast\.yaml:\d+:\d+ .*not valid YAML or JSON: /,
    );
  });

  test("aliases that multiply without end are refused", () => {
    const ten = (of: string) => Array.from({ length: 10 }, () => of).join(", ");
    const text = `a: &a [${ten("x")}]\nb: &b [${ten("*a")}]\nc: &c [${ten("*b")}]\nd: [${ten("*c")}]\n`;
    expect(problemsOf(text)).toContainEqual(expect.stringContaining("can't be expanded"));
  });
});

describe("a secret in clear is refused, and never repeated", () => {
  test.each([
    ["api_key: abcdef123", "api_key"],
    [
      "fallback_chain: [{ id: a, provider: openai, model: m, api_key: sk-abcdef123 }]",
      "fallback_chain[0].api_key",
    ],
    [
      "fallback_chain: [{ id: a, provider: openai, model: m, api_key_env: sk-abcdef123 }]",
      "fallback_chain[0].api_key_env",
    ],
    [
      "fallback_chain: [{ id: a, provider: openai, model: m, base_url: 'https://me:abcdef123@host/v1' }]",
      "fallback_chain[0].base_url",
    ],
    [
      "fallback_chain: [{ id: a, provider: openai, model: m, base_url: 'https://host/v1?password=abcdef123' }]",
      "fallback_chain[0].base_url",
    ],
    ["deadline: sk-abcdef123", "deadline"],
  ])("%s", (text, path) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(` ${path}: seems to hold a secret in clear`);
    expect(problems[0]).toContain("api_key_env: OPENAI_API_KEY");
    expect(problems[0]).not.toContain("abcdef123");
  });

  test.each(["postgres://me:abcdef123@host/db", "postgres://me@host/db?sslmode=require&password=abcdef123"])(
    "%s, with the variable that its password belongs in",
    (address) => {
      const problems = problemsOf(`cache:\n  store: "${address}"\n`);
      expect(problems).toEqual([
        expect.stringMatching(/^holdfast\.yaml:2:3 cache\.store: holds a password.*HOLDFAST_CACHE_PASSWORD$/),
      ]);
      expect(problems[0]).not.toContain("abcdef123");
    },
  );

  test("not even when the notation is broken beside it", () => {
    expect(problemsOf('api_key: "sk-abcdef123\nskip: x\n').join("\n")).not.toContain("abcdef123");
  });
});

describe("loadConfigFile", () => {
  test("reads a file from the disk", () => {
    const path = join(temporaryFolder(), "holdfast.yaml");
    writeFileSync(path, "deadline: 30s\n");
    expect(loadConfigFile(path, readFile)).toEqual({ deadline: "30s" });
  });

  test("says that a file does not exist", () => {
    const path = join(temporaryFolder(), "none.yaml");
    expect(() => loadConfigFile(path, readFile)).toThrow(`There is no config file ${path}`);
  });

  test("says that a file can't be read", () => {
    expect(() => loadConfigFile(temporaryFolder(), readFile)).toThrow(/can't be read \(EISDIR/);
  });
});

describe("findConfigFile", () => {
  const here = join(temporaryBase(), "work");
  const find = (option: string | null, env: Record<string, string>, files: string[]) =>
    findConfigFile({ option, env, cwd: here, exists: (path) => files.includes(path) });

  test("prefers --config to HOLDFAST_CONFIG, and both to the working folder", () => {
    const files = [join(here, "holdfast.yaml")];
    expect(find("a.yaml", { HOLDFAST_CONFIG: "b.yaml" }, files)).toBe(join(here, "a.yaml"));
    expect(find(null, { HOLDFAST_CONFIG: "b.yaml" }, files)).toBe(join(here, "b.yaml"));
    expect(find(null, { HOLDFAST_CONFIG: "" }, files)).toBe(files[0]);
  });

  test("takes .yaml before .yml before .json, and none when there is none", () => {
    const [yaml, yml, json] = ["yaml", "yml", "json"].map((end) => join(here, `holdfast.${end}`));
    expect(find(null, {}, [json ?? "", yml ?? "", yaml ?? ""])).toBe(yaml);
    expect(find(null, {}, [json ?? "", yml ?? ""])).toBe(yml);
    expect(find(null, {}, [json ?? ""])).toBe(json);
    expect(find(null, {}, [])).toBeNull();
  });
});

/** An absolute path in this system's notation. */
function temporaryBase(): string {
  return process.platform === "win32" ? "C:\\" : "/";
}

test("the JSON Schema names every key of the config and refuses others", () => {
  const schema = configJsonSchema() as { properties: object; additionalProperties: boolean };
  expect(Object.keys(schema.properties)).toEqual(Object.keys(config.shape));
  expect(schema.additionalProperties).toBe(false);
});

test("the JSON Schema accepts the link ids that the program accepts", () => {
  const { pattern } = z.object({ pattern: z.string() }).parse(z.toJSONSchema(linkConfig.shape.id));
  expect(["Primary", "a.b_c-1"].every((id) => new RegExp(pattern).test(id))).toBe(true);
  expect(["", "-a", "a b", "a".repeat(65)].some((id) => new RegExp(pattern).test(id))).toBe(false);
});
