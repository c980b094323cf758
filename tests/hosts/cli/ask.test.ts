import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeReciter } from "../../fixtures/gguf/index.ts";
import { answer, refusedUrl, startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo } from "../support/links.ts";

let unruly: Unruly;
let nowhere: string;
beforeAll(async () => {
  [unruly, nowhere] = await Promise.all([startUnruly(), refusedUrl()]);
});
afterAll(() => unruly.close());

const cloud = (model = "any", id = "primary") => linkTo(unruly.url, id, "openai", model);
const dead = (id = "primary") => linkTo(nowhere, id, "openai", "any");

const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("holdfast ask", () => {
  it("streams the answer to standard output, says who answered on standard error, and exits with 0", async () => {
    const command = new CommandLine({ fallback_chain: [cloud("drip-100")] }).start([
      "ask",
      "How",
      "are you?",
    ]);
    await command.wrote(/^All/);
    expect(command.written().stdout).not.toContain("well");
    expect(await command.ended).toEqual({
      code: 0,
      stdout: "All is well.\n",
      stderr: expect.stringMatching(/^\n\[Cloud\] primary, \d+ ms to the first word\n$/),
    });
    expect(unruly.calls.at(-1)?.body.messages).toEqual([{ role: "user", content: "How are you?" }]);
  });

  it("answers from a lower tier with 0, and says so with the notice and its reason", async () => {
    const ended = await new CommandLine({
      fallback_chain: [cloud("status-401"), cloud("any", "second")],
    }).run(["ask", "Still there?"]);
    expect(ended).toMatchObject({ code: 0, stdout: "All is well.\n" });
    expect(ended.stderr).toMatch(/^\n\[Backup\] second, \d+ ms to the first word, after 1 failed attempt\n/);
    expect(ended.stderr).toContain("• Using backup service: second answered.\n  primary did not answer: ");
    expect(ended.stderr).toContain("• primary did not accept its API key");
  });

  it("exits with 10 when --strict and another tier than the first answered, and with 0 when the first did", async () => {
    const backup = new CommandLine({ fallback_chain: [dead(), cloud("any", "second")] });
    expect(await backup.run(["ask", "--strict", "Hm?"])).toMatchObject({
      code: 10,
      stdout: "All is well.\n",
    });
    const first = new CommandLine({ fallback_chain: [cloud()] });
    expect(await first.run(["ask", "--strict", "Hm?"])).toMatchObject({ code: 0 });
  });

  it("exits with 20 when nothing could answer, says why for each link, and writes nothing to standard output", async () => {
    const config = {
      fallback_chain: [dead(), cloud("status-503", "second")],
      offline: { message: "Out of reach." },
    };
    const { code, stdout, stderr } = await new CommandLine(config).run(["ask", "Anyone?"]);
    expect({ code, stdout }).toEqual({ code: 20, stdout: "" });
    expect(stderr).toMatch(
      /\[Offline\] nothing answered, after 3 failed attempts\nOut of reach\.\n {2}primary: .+\n {2}second: .+\n {2}second: /,
    );
  });

  it("gives the answer with its receipt as JSON", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("status-500"), cloud("any", "second")] });
    const { code, stdout } = await line.run(["ask", "--json", "How?"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: "All is well.",
      requested_tier: "cloud",
      tier: "backup",
      link: "second",
      reason: "server",
      attempts: [
        { link: "primary", outcome: "failed", kind: "server", status: 500 },
        { link: "second", outcome: "answered", kind: null, status: 200 },
      ],
      notices: [{ code: "backup_used" }],
    });
  });

  it("gives the failure in the JSON when nothing could answer", async () => {
    const { code, stdout } = await new CommandLine({ fallback_chain: [dead()] }).run([
      "ask",
      "--json",
      "How?",
    ]);
    expect(code).toBe(20);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: "",
      tier: "offline",
      link: null,
      failure: { code: "all_links_failed", kind: "network" },
    });
  });

  it("begins the answer again, visibly, when a link broke off in the middle", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("cut"), cloud("any", "second")] });
    const { code, stdout } = await line.run(["ask", "How?"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "All is\n\n--- primary broke off here. The answer starts again: ---\n\nAll is well.\n",
    );
  });

  it("adds what is piped in below the question, and takes it alone as the question", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("echo")] });
    expect(await line.run(["ask", "Review this"], { stdin: "one line\n" })).toMatchObject({
      code: 0,
      stdout: "Review this\n\none line\n",
    });
    expect(await line.run(["ask"], { stdin: "only this" })).toMatchObject({ code: 0, stdout: "only this\n" });
  });

  it("hands on what --system, --max-tokens and --link say", async () => {
    const line = new CommandLine({ fallback_chain: [cloud(), cloud("another-model", "second")] });
    const options = ["--system", "Be short.", "--max-tokens", "7", "--link", "second"];
    expect(await line.run(["ask", ...options, "How?"])).toMatchObject({ code: 0 });
    const { body } = unruly.calls.at(-1) ?? {};
    expect(body).toMatchObject({
      model: "another-model",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "How?" },
      ],
    });
    expect(body.max_completion_tokens ?? body.max_tokens).toBe(7);
  });

  it("asks about files: a text with its name, a picture as it is, with or without a question", async () => {
    const line = new CommandLine({ fallback_chain: [cloud()] });
    line.write("notes.md", "Fences: ``` inside.\n");
    writeFileSync(join(line.folder, "dot.png"), onePixel);
    const both = ["ask", "What is", "this?", "--file", "notes.md", "-f", "dot.png"];
    expect(await line.run(both)).toMatchObject({ code: 0 });
    expect(unruly.calls.at(-1)?.body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "text", text: "File notes.md:\n````\nFences: ``` inside.\n````" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${onePixel.toString("base64")}` } },
        ],
      },
    ]);
    expect(await line.run(["ask", "--file", "notes.md"])).toMatchObject({ code: 0 });
    expect(unruly.calls.at(-1)?.body.messages[0].content).toMatch(/^File notes\.md:/);
  });

  it("asks only links of a tier when --tier", async () => {
    const line = new CommandLine({ fallback_chain: [cloud("another-model"), cloud("any", "second")] });
    expect((await line.run(["ask", "--tier", "backup", "Hm?"])).stderr).toContain("] second, ");
    const away = new CommandLine({ fallback_chain: [cloud(), dead("second")] });
    expect(await away.run(["ask", "--tier", "backup", "Hm?"])).toMatchObject({ code: 20 });
  });

  it("asks no link beyond this machine when --local-only", async () => {
    const line = new CommandLine();
    const model = writeReciter(`${line.folder}/recital.gguf`, { sentence: "It stays here." });
    const local = { id: "local", provider: "llama", model } as const;
    line.write("holdfast.yaml", JSON.stringify({ fallback_chain: [cloud(), local] }));
    const before = unruly.calls.length;
    const ended = await line.run(["ask", "--local-only", "A secret?"]);
    expect(ended).toMatchObject({ code: 0, stdout: "It stays here.\n" });
    expect(ended.stderr).toContain("[Local] local");
    expect(unruly.calls.length).toBe(before);
  });

  it("keeps what had been written, lets the connection go and exits with 130 at Ctrl+C", async () => {
    unruly.script([answer({ pieces: 12, delayMs: 400 })]);
    const command = new CommandLine({ fallback_chain: [cloud("scripted")] }).start(["ask", "How?"]);
    await command.wrote(/^A/);
    command.child.kill("SIGINT");
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect("All is well.".startsWith(stdout.trimEnd())).toBe(true);
    await unruly.calls.at(-1)?.aborted;
  });
});

describe("a command that can't be understood", () => {
  const line = () => new CommandLine({ fallback_chain: [cloud()] });

  it.each([
    ["an unknown command", ["aks", "Hello?"], /unknown command 'aks'/],
    ["an unknown option", ["ask", "--loud", "Hello?"], /unknown option '--loud'/],
    ["a number that is none", ["ask", "--max-tokens", "many", "Hello?"], /must be a whole number from 1 to/],
    ["no question", ["ask"], /^Nothing was asked\. Write: holdfast ask "Your question"/],
    [
      "a link that is not in the chain",
      ["ask", "--link", "third", "Hello?"],
      /no link "third".*There are: primary\./,
    ],
    [
      "a tier that the chain has no link of",
      ["ask", "--tier", "local", "Hello?"],
      /No link of the chain is of the tier local\. There are: cloud\./,
    ],
    ["a tier that is none", ["ask", "--tier", "lokal", "Hello?"], /Allowed choices are cloud, backup, local/],
    ["a file that is not there", ["ask", "--file", "gone.txt", "Hello?"], /^There is no file gone\.txt\.\n$/],
    [
      "a folder for a file",
      ["ask", "--file", "data", "Hello?"],
      /^data is a folder: name the files in it\.\n$/,
    ],
    ["a file of neither kind", ["ask", "-f", process.execPath, "Hello?"], /larger than 2 MB|neither a text/],
    [
      "a chat with a link that is not there",
      ["chat", "--link", "third"],
      /no link "third".*There are: primary/,
    ],
    ["a chat at a level that is none", ["chat", "--level", "best"], /Allowed choices are full, reduced/],
    ["a port that is none", ["serve", "--port", "70000"], /must be a whole number from 0 to 65535/],
  ])("exits with 2 for %s, and says what would be right", async (_, args, said) => {
    const { code, stdout, stderr } = await line().run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(said);
  });

  it("shows its help and its version with 0", async () => {
    const { code, stdout } = await line().run(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Exit status:");
    expect(await line().run(["--version"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe("a config that can't be used", () => {
  it("exits with 78 and names file, line, column, key and mend, for all problems at once", async () => {
    const line = new CommandLine(
      [
        "fallback_chain:",
        "  - id: primary",
        "    provider: openia",
        "    model: gpt-5",
        "    timeout: 30",
        "skipp: x",
      ].join("\n"),
    );
    const { code, stdout, stderr } = await line.run(["ask", "Hello?"]);
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    const file = `${line.folder}/holdfast.yaml`;
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/holdfast\.yaml:3:\d+ fallback_chain\[0\]\.provider: .*did you mean openai\?$/),
      expect.stringMatching(/holdfast\.yaml:5:\d+ fallback_chain\[0\]\.timeout: .*a number and a unit/),
      expect.stringMatching(/holdfast\.yaml:6:1 skipp: is not a known key; did you mean skip\?$/),
      "",
    ]);
    expect(stderr.startsWith(file)).toBe(true);
  });

  it("exits with 78 when the file that was named is not there", async () => {
    const { code, stderr } = await new CommandLine().run(["--config", "elsewhere.yaml", "ask", "Hello?"]);
    expect(code).toBe(78);
    expect(stderr).toMatch(/^There is no config file .*elsewhere\.yaml: check --config and HOLDFAST_CONFIG/);
  });
});
