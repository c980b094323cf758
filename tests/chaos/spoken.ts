/** What the links say, so that a torn, a mixed or a repeated answer can be told from a whole one. */

/** Length of a piece, characters: every piece carries the request's nonce, the link's name and its place. */
const pieceLength = 40;
const pieceCount = 16;

/** How long an answer is. */
export interface Size {
  pieces: number;
  pieceLength: number;
}

export const usualSize: Size = { pieces: pieceCount, pieceLength };
/** How long answers are, by what a fault calls them; the last has two megabytes. */
export const sizes = {
  usual: usualSize,
  doubled: usualSize,
  large: { pieces: 64, pieceLength: 4_096 },
  huge: { pieces: 512, pieceLength: 4_096 },
} as const satisfies Record<string, Size>;

/** The voice of links that all say the same, as a model at temperature 0 does behind two addresses. */
export const sameVoice = "every";

/** The name under which a request can be told from all others. */
export const nonceOf = (count: number): string => `n${String(count).padStart(6, "0")}`;

/** The question of a request. */
export const questionOf = (nonce: string): string => `Say the words of ${nonce}.`;

/** The nonce in what a server was sent, null where there is none. */
export const nonceIn = (text: string): string | null => /\bn\d{6}\b/.exec(text)?.[0] ?? null;

/** The whole answer of a voice to a request. */
export function words(nonce: string, voice: string, size: Size = usualSize): string {
  const piece = (_: unknown, at: number) =>
    `${`${nonce} ${voice} ${at} `.padEnd(size.pieceLength - 1, ".")}|`;
  return Array.from({ length: size.pieces }, piece).join("");
}

/** The same with every piece said twice. */
export function doubledWords(nonce: string, voice: string): string {
  return words(nonce, voice).replace(new RegExp(`.{${pieceLength}}`, "g"), "$&$&");
}

/** What a link calls the tool with. */
export const callOf = (nonce: string, voice: string) => ({
  id: `call_${voice}`,
  name: "say",
  arguments: JSON.stringify({ words: words(nonce, voice) }),
});

/** What a link says when JSON is asked for. */
export const jsonOf = (nonce: string, voice: string): string =>
  JSON.stringify({ words: words(nonce, voice) });

/** What a link thinks before it speaks. */
export const thoughtsOf = (nonce: string, voice: string): string => `${nonce}: ${voice} thinks first.`;

/** What a link says that goes round in a circle. */
export const loopOf = (nonce: string, voice: string): string =>
  `${nonce} ${voice} goes round and round. `.repeat(40);

/** What the model on this machine recites. It goes on behind the first bar when an answer is handed over at one. */
export const localWords = "Said on this machine| by the model at hand, up to its very end.";

/** What a model on this machine recites where JSON is asked for. */
export const localJson = '{"words":"Said on this machine, up to the very end."}';

/** What it says of an answer that it continues: every piece of a broken one ends in a bar. */
export const localRest = localWords.slice(localWords.indexOf("|") + 1);

/** What an engine says that never comes to an end by itself. */
export const endlessWords = "on and on and on it goes ";
