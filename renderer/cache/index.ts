/** Earlier answers: the page that lists them, and what stands with an answer that came from them. */
export { CacheModel } from "./cache-model.ts";
export { CachePage } from "./cache-page.tsx";
export { CacheUse } from "./cache-use.tsx";
export { MarkDown } from "./mark-down.tsx";
