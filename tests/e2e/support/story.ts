import { answer, type Script } from "../../fixtures/unruly/index.ts";

/** A text of numbered words, so that any part of it is known for what it is. */
export const story = Array.from({ length: 80 }, (_, index) => `word${index}`).join(" ");

/** The model `story` tells it word by word, slowly enough to do something in the middle. */
export const slowStory: Script = ({ body }) =>
  body?.model === "story" ? answer({ text: story, pieces: 80, delayMs: 60 }) : undefined;
