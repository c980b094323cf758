import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { App } from "./app.tsx";
import { AppContext } from "./app-model.ts";
import { createApp } from "./create-app.ts";
import "./styles.css";

// zod's compiled parsers need `new Function`, which the page's CSP rightly forbids.
z.config({ jitless: true });

const root = document.getElementById("root");
if (root === null) throw new Error('index.html has no element with the id "root"');

const app = createApp();
createRoot(root).render(
  <StrictMode>
    <AppContext value={app}>
      <App />
    </AppContext>
  </StrictMode>,
);
