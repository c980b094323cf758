/** The only place that knows assistant-ui: its runtime over the page's own state, and the parts built from it. */
export { ChatRuntime } from "./chat-runtime.tsx";
export { Composer, ThreadViewport } from "./parts.tsx";
