/** Markdown as models write it: parsed in blocks, sanitised, with highlighted code. */
export { Markdown } from "./markdown.tsx";
