import type { AppModel } from "./app-model.ts";
import { CacheModel } from "./cache/index.ts";
import { Conversations, storedDrafts, Thread } from "./chat/index.ts";
import { Connection, openHere } from "./connection/index.ts";
import { DrillsModel } from "./drills/index.ts";
import { StatusModel } from "./health/index.ts";
import { LabModel } from "./lab/index.ts";
import { ModelsModel } from "./models/index.ts";
import { OutboxModel } from "./outbox/index.ts";
import { GatewayModel, SettingsModel } from "./settings/index.ts";

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
  const models = new ModelsModel(connection);
  const outbox = new OutboxModel(connection, status.store);
  const cache = new CacheModel(connection);
  const lab = new LabModel(connection);
  const drills = new DrillsModel(connection);
  const settings = new SettingsModel(connection, localStorage);
  const gateway = new GatewayModel(connection);
  void connection.run();
  return {
    connection,
    conversations,
    thread,
    drafts: storedDrafts(localStorage),
    status,
    models,
    outbox,
    cache,
    lab,
    drills,
    settings,
    gateway,
  };
}
