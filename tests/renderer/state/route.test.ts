import { expect, test } from "vitest";
import { hashOf, parseRoute, type Route } from "../../../renderer/state/route.ts";

const routes: Route[] = [
  { page: "chat", conversation: null },
  { page: "chat", conversation: "a/b c" },
  { page: "outbox" },
  { page: "settings", section: "add", link: null },
  { page: "settings", section: "providers", link: "my.link" },
];

test.each(routes)("an address leads back to the place that it was made of: %j", (route) => {
  expect(parseRoute(hashOf(route))).toEqual(route);
});

test.each(["", "#", "#/elsewhere", "#/chat/"])("an unknown address is a new conversation: %j", (hash) => {
  expect(parseRoute(hash)).toEqual({ page: "chat", conversation: null });
});
