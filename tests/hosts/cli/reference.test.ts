import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CommandLine } from "../support/cli.ts";

const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
const has = (program: string) => inCi || spawnSync(program, ["--version"]).status === 0;
const shell = (program: string, args: string[], cwd: string) =>
  spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, HOME: cwd, XDG_CONFIG_HOME: cwd },
  });

/** What the shells' scripts complete: the words typed so far, and what must and must not be offered. */
const cases: readonly [typed: string, offered: string[], not: string[]][] = [
  ["holdfast ", ["ask", "chat", "serve", "health", "config", "doctor", "completion"], ["man", "explain"]],
  ["holdfast con", ["config"], ["ask"]],
  ["holdfast config ", ["check", "explain", "schema", "show"], ["ask"]],
  ["holdfast ask --tier ", ["cloud", "backup", "local"], ["ask"]],
  ["holdfast ask --lo", ["--local-only"], ["--strict"]],
  ["holdfast ask --file no", ["notes.md"], ["ask"]],
  ["holdfast completion ", ["bash", "zsh", "fish"], ["ask"]],
];

describe.skipIf(process.platform === "win32")("holdfast completion", () => {
  let line: CommandLine;
  const scriptOf = async (name: string) => {
    line = new CommandLine();
    line.write("notes.md", "");
    const { code, stdout } = await line.run(["completion", name]);
    expect(code).toBe(0);
    return line.write(`holdfast.${name}`, stdout);
  };

  it.runIf(has("bash"))("offers commands, options, choices and files in bash", async () => {
    const script = await scriptOf("bash");
    for (const [typed, offered, not] of cases) {
      const words = typed.split(" ");
      const run = `source '${script}'; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = shell("bash", ["--norc", "-c", run], line.folder);
      expect(stderr).toBe("");
      expect(stdout.split("\n"), typed).toEqual(expect.arrayContaining(offered));
      for (const word of not) expect(stdout.split("\n"), typed).not.toContain(word);
    }
  });

  it.runIf(has("fish"))("offers them in fish, with what they mean", async () => {
    const script = await scriptOf("fish");
    for (const [typed, offered, not] of cases) {
      const run = `source '${script}'; complete -C '${typed}'`;
      const { stdout, stderr } = shell("fish", ["--no-config", "-c", run], line.folder);
      expect(stderr).toBe("");
      const found = stdout.split("\n").map((row) => row.split("\t")[0]);
      expect(found, typed).toEqual(expect.arrayContaining(offered));
      for (const word of not) expect(found, typed).not.toContain(word);
      if (typed === "holdfast con") expect(stdout).toContain("config\tcheck and explain the config file");
    }
  });

  it.runIf(has("zsh"))("is a script that zsh takes, with a function for each command", async () => {
    const script = await scriptOf("zsh");
    const run = `autoload -U compinit; compinit -D -u; source '${script}'; print -l \${(k)functions[(I)_holdfast*]}; print $_comps[holdfast]`;
    const { stdout, stderr } = shell("zsh", ["-f", "-c", run], line.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining([
        "_holdfast",
        "_holdfast_ask",
        "_holdfast_config_explain",
        "_holdfast_models_add",
      ]),
    );
  });

  it("says which shells there are when another is asked for", async () => {
    const { code, stderr } = await new CommandLine().run(["completion", "csh"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
  });
});

describe("help and the manual page", () => {
  it.each(["", "ask", "chat", "serve", "health", "config", "doctor", "completion"])(
    "have examples for holdfast %s",
    async (command) => {
      const { stdout, code } = await new CommandLine().run([...(command === "" ? [] : [command]), "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\nExamples:\n {2}.*holdfast /);
    },
  );

  it("name every command and option in the manual page, which man takes without a warning", async () => {
    const kept = new CommandLine();
    expect(await kept.run(["man", "holdfast.1"])).toMatchObject({ code: 0, stdout: "" });
    const { stdout: page } = await kept.run(["man"]);
    for (const name of [
      "ask",
      "chat",
      "health",
      "config explain",
      "models add",
      "lab run",
      "drill run",
      "cache purge",
    ])
      expect(page).toContain(`.SS holdfast ${name.replaceAll("-", "\\-")} `);
    expect(page).toContain("\\fB\\-\\-local\\-only\\fR");
    expect(page).toContain(".B 78\nThe config can't be used.");
    if (!has("groff") || spawnSync("groff", ["--version"]).status !== 0) return;
    const { stderr, status } = shell(
      "groff",
      ["-man", "-ww", "-Tutf8", "-z", join(kept.folder, "holdfast.1")],
      kept.folder,
    );
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });
});
