/** Providers and the order of the chain, the rules, and the look. */
export { GatewayModel } from "./gateway-model.ts";
export { SettingsModel } from "./settings-model.ts";
export { SettingsPage } from "./settings-page.tsx";
