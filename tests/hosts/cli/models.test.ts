import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { writeReciter } from "../../fixtures/gguf/index.ts";
import { FileServer } from "../../models/support/file-server.ts";
import { CommandLine } from "../support/cli.ts";

/** A home without the models of whoever runs the tests. */
const at = (line: CommandLine) => ({ env: { HOME: line.folder } });

describe("holdfast models", () => {
  it("downloads a model, puts it into the chain by its id, answers with it, and removes it", async () => {
    const line = new CommandLine();
    const source = writeReciter(`${line.folder}/source.gguf`, { sentence: "The tide turns." });
    await using server = await FileServer.start(readFileSync(source));
    const added = await line.run(["models", "add", server.url], at(line));
    expect(added).toMatchObject({
      code: 0,
      stdout: "model is here: whole by its size; there was no checksum.\n",
    });
    expect(existsSync(`${line.folder}/data/models/model.gguf`)).toBe(true);
    expect((await line.run(["models", "use", "model"], at(line))).stdout).toContain(
      'The link "local" runs model',
    );
    const answer = await line.run(["ask", "When?", "--link", "local"], at(line));
    expect(answer.stdout).toContain("The tide turns.");
    const refused = await line.run(["models", "remove", "model"], at(line));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The link "local" runs model');
    await line.run(["models", "use", "starter"], at(line));
    const listed = JSON.parse((await line.run(["models", "list", "--json"], at(line))).stdout);
    expect(listed.installed.map(({ id }: { id: string }) => id)).toContain("model");
  });

  it.each([
    [["models", "add", "no-such-model"], 2, "The catalogue has no"],
    [["models", "add", "ftp://example.org/a.gguf"], 2, "only http and https"],
    [["models", "use", "nothing"], 2, 'There is no model "nothing"'],
    [["models", "use", "embedder"], 2, "can't answer"],
    [["models", "remove", "embedder"], 1, "belongs to Holdfast"],
    [["models", "unpack", "nowhere.tar"], 2, "There is no kit"],
    [["models", "pack"], 2, "missing required argument"],
    [["models", "fly"], 2, "unknown command"],
  ])("%j ends with %i and says why", async (args, code, said) => {
    const line = new CommandLine();
    const ended = await line.run(args, at(line));
    expect(ended.stderr).toContain(said);
    expect(ended.code).toBe(code);
  });

  it("refuses a file that is no model, and leaves it where it is", async () => {
    const line = new CommandLine();
    const path = line.write("notes.gguf", "<html>Sign in</html>");
    const ended = await line.run(["models", "add", path], at(line));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("a web page");
    expect(existsSync(path)).toBe(true);
  });

  it("says that a model is set aside and why, and lets it be tried again", async () => {
    const line = new CommandLine();
    const path = writeReciter(join(line.folder, "given.gguf"), { sentence: "Back again." });
    await line.run(["models", "add", path], at(line));
    await line.run(["models", "use", "given"], at(line));
    const { size, mtimeMs } = statSync(path);
    const crash = {
      crashes: 3,
      kind: "engine_crashed",
      reason: "It aborted.",
      at: new Date(0).toISOString(),
    };
    const models = [{ path, sizeBytes: size, mtimeMs, ...crash }];
    using database = new DatabaseSync(`${line.folder}/data/holdfast.db`);
    database
      .prepare("INSERT INTO states (key, json, saved_at) VALUES ('set_aside_models', ?, '')")
      .run(JSON.stringify({ version: 1, models }));

    expect((await line.run(["models", "list"], at(line))).stdout).toContain("set aside: It aborted.");
    const refused = await line.run(["ask", "When?", "--link", "local"], at(line));
    expect(refused.stdout).not.toContain("Back again.");
    const retried = await line.run(["models", "retry", "given"], at(line));
    expect(retried).toMatchObject({ code: 0, stdout: "given will be tried again.\n" });
    expect((await line.run(["ask", "When?", "--link", "local"], at(line))).stdout).toContain("Back again.");
  });
});
