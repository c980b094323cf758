/** An example of a command, and what it is good for. */
export type Example = readonly [command: string, what: string];

/** By the words that lead to a command; the program's own stand under the empty text. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  "": [
    ['holdfast ask "What happens when I lose my connection?"', "ask once"],
    ["holdfast chat", "ask and go on asking"],
    ["holdfast serve --port 4141", "let OpenAI's and Anthropic's clients use the chain"],
    ["holdfast doctor", "see what works here, and how to mend what does not"],
  ],
  ask: [
    ['git diff | holdfast ask "Review this change" --local-only', "a piped text, without the cloud"],
    ['holdfast ask "What is wrong here?" --file main.ts --file screen.png', "about files"],
    ['holdfast ask --json "Hello" | jq .link', "who answered"],
    [
      'holdfast ask --strict --tier cloud "Hello" || echo degraded',
      "only the first cloud link is good enough",
    ],
  ],
  chat: [
    ["holdfast chat --continue", "go on with the newest conversation"],
    ["holdfast chat --local-only", "nothing leaves this machine"],
  ],
  serve: [
    ["HOLDFAST_TOKEN=$(openssl rand -hex 24) holdfast serve", "with a token of one's own"],
    ["holdfast serve --config holdfast.yaml --port 0", "on a free port, which it prints"],
  ],
  health: [
    ["holdfast health", "a table that follows the links on a terminal"],
    ["holdfast health --once --json", "for a script: 0 while some link answers, else 20"],
  ],
  config: [
    ["holdfast config check", "is the file right?"],
    ["holdfast config explain hedge.after", "what a key means, and its default"],
    ["holdfast config show", "what is in force, and where it comes from"],
  ],
  "config check": [["holdfast --config holdfast.yaml config check", "a file that is not in force"]],
  "config schema": [["holdfast config schema > holdfast.schema.json", "for an editor"]],
  "config explain": [
    ["holdfast config explain breaker", "a group, with its keys"],
    ["holdfast config explain", "every key"],
  ],
  "config show": [["holdfast config show --json", "for a script"]],
  doctor: [["holdfast doctor --offline", "without asking any link beyond this machine"]],
  models: [
    ["holdfast models search qwen", "what there is"],
    [
      "holdfast models add qwen3-4b && holdfast models use qwen3-4b",
      "download it, and put it into the chain",
    ],
  ],
  "models add": [["holdfast models add owner/repository:model-Q4_K_M.gguf", "from the hub"]],
  "models pack": [["holdfast models pack kit.tar starter", "for a machine without a network"]],
  "models unpack": [["holdfast models unpack kit.tar --settings", "models and settings of a kit"]],
  cache: [
    ["holdfast cache stats", "what is kept, and how it served"],
    ['holdfast cache search "travel costs"', "earlier answers"],
  ],
  "cache purge": [["holdfast cache purge --older-than 30", "what is older than 30 days"]],
  "cache export": [["holdfast cache export > answers.jsonl", "a line of JSON for each"]],
  lab: [["holdfast lab run prompts.yaml --links primary,starter", "one against the other"]],
  "lab export": [["holdfast lab export 3f2a --format csv > run.csv", "for a spreadsheet"]],
  drill: [
    ["holdfast drill list", "what can be rehearsed"],
    ["holdfast drill run primary-outage", "see whether the next link takes over"],
  ],
  completion: [
    ["holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast", "bash"],
    ["holdfast completion zsh > ~/.zsh/completions/_holdfast", "zsh, with that folder in $fpath"],
    ["holdfast completion fish > ~/.config/fish/completions/holdfast.fish", "fish"],
  ],
};

/** Examples as they stand below a command's help. */
export function examplesText(path: readonly string[]): string {
  const list = examples[path.join(" ")] ?? [];
  if (list.length === 0) return "";
  return `\nExamples:\n${list.map(([command, what]) => `  ${command}\n      ${what}`).join("\n")}`;
}
