import { createContext, use } from "react";
import type { CacheModel } from "./cache/index.ts";
import type { Conversations, Drafts, Thread } from "./chat/index.ts";
import type { Connection } from "./connection/index.ts";
import type { DrillsModel } from "./drills/index.ts";
import type { StatusModel } from "./health/index.ts";
import type { LabModel } from "./lab/index.ts";
import type { ModelsModel } from "./models/index.ts";
import type { OutboxModel } from "./outbox/index.ts";
import type { GatewayModel, SettingsModel } from "./settings/index.ts";

/** Everything that the page knows, each piece in one place. */
export interface AppModel {
  connection: Connection;
  conversations: Conversations;
  thread: Thread;
  drafts: Drafts;
  status: StatusModel;
  models: ModelsModel;
  outbox: OutboxModel;
  cache: CacheModel;
  lab: LabModel;
  drills: DrillsModel;
  settings: SettingsModel;
  gateway: GatewayModel;
}

export const AppContext = createContext<AppModel | null>(null);

export function useApp(): AppModel {
  const app = use(AppContext);
  if (app === null) throw new Error("useApp needs an AppContext above it");
  return app;
}
