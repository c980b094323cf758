/** Receipts in words: a table, and the rules that choose its rows. */
export { type NoticeContext, noticesOf } from "./derive.ts";
export { reasons } from "./words.ts";
