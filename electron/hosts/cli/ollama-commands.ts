import type { Command } from "commander";
import type { ModelsOptions, Work } from "./models.ts";
import * as ollama from "./ollama.ts";

type Run = (work: Work, options: ModelsOptions) => Promise<void>;

/** `holdfast models ollama …` and `holdfast models servers`. `portNumber` reads a port. */
export function addLocalServerCommands(
  models: Command,
  run: Run,
  portNumber: (text: string) => number,
): void {
  const json = "print the result as JSON";
  const group = models
    .command("ollama")
    .description("Ollama on this machine: how it stands, and what it has")
    .option("--json", json)
    .action((options: ModelsOptions) => run(ollama.ollama, options));
  const command = (usage: string, description: string, work: (name: string) => Work) =>
    group
      .command(`${usage} <name>`)
      .description(description)
      .option("--json", json)
      .action((name: string, options: ModelsOptions) => run(work(name), options));
  command("pull", "have Ollama fetch a model, or go on with one that broke off", ollama.ollamaPull);
  command("use", "put a model of Ollama into the chain", ollama.ollamaUse);
  command("load", "load a model into memory", ollama.ollamaLoad);
  command("unload", "take a model out of memory", ollama.ollamaUnload);
  command("remove", "delete a model from Ollama, or end its pull", ollama.ollamaRemove);
  models
    .command("servers")
    .description("look for llama-server, LM Studio, vLLM, Jan and Ollama on this machine")
    .option("--port <n...>", "look on these ports as well", (text: string, before: number[] = []) => [
      ...before,
      portNumber(text),
    ])
    .option("--add <model>", "put this model of a server that is found into the chain")
    .option("--json", json)
    .action((options: ModelsOptions & ollama.ServersOptions) => run(ollama.servers(options), options));
}
