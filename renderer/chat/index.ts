/** Conversations: the side list, the thread, and what every answer says of itself. */
export { ChatPage } from "./chat-page.tsx";
export { ConversationList } from "./conversation-list.tsx";
export { Conversations } from "./conversations.ts";
export { type Drafts, storedDrafts } from "./drafts.ts";
export { LocalOnlySwitch } from "./local-only.tsx";
export { Thread } from "./thread.ts";
