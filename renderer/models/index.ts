/** The models of this machine. */
export { ModelsModel } from "./models-model.ts";
export { ModelsPage } from "./models-page.tsx";
