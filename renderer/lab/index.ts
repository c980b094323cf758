/** The lab: links measured against each other on the person's own prompts. */
export { LabModel } from "./lab-model.ts";
export { LabPage } from "./lab-page.tsx";
