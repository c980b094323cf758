import { createContext, use } from "react";
import { Conversations, type Drafts, storedDrafts, Thread } from "./chat/index.ts";
import { Connection, openHere } from "./connection/index.ts";
import { StatusModel } from "./health/index.ts";
import { SettingsModel } from "./settings/index.ts";

/** Everything that the page knows, each piece in one place. */
export interface AppModel {
  connection: Connection;
  conversations: Conversations;
  thread: Thread;
  drafts: Drafts;
  status: StatusModel;
  settings: SettingsModel;
}

/** Builds the page's state and begins to connect. */
export function createApp(): AppModel {
  const connection = new Connection({
    open: openHere,
    random: Math.random,
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  });
  const conversations = new Conversations(connection);
  const thread = new Thread({
    connection,
    onConversation: (conversation) => conversations.put(conversation),
    onFinished: () => {
      conversations.refresh().catch((error: unknown) => console.error("The list could not be read:", error));
    },
  });
  const status = new StatusModel(connection);
  const settings = new SettingsModel(connection, localStorage);
  void connection.run();
  return { connection, conversations, thread, drafts: storedDrafts(localStorage), status, settings };
}

export const AppContext = createContext<AppModel | null>(null);

export function useApp(): AppModel {
  const app = use(AppContext);
  if (app === null) throw new Error("useApp needs an AppContext above it");
  return app;
}
