/** Receipts in words: a table, the rules that choose its rows, and the languages that they are written in. */
export { type NoticeContext, noticesOf, outboxNotice } from "./derive.ts";
export { type Locale, localeOf } from "./locale.ts";
