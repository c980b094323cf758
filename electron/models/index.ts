/** Models on this machine: the catalogue, downloads, what fits, what other programs have, and kits for machines without a network. */
export { loadCatalogue, searchCatalogue } from "./catalogue.ts";
export { discover, type FoundFile, knownPlaces, type Place } from "./discover.ts";
export { Downloads, type DownloadsOptions, type NewDownload } from "./downloads.ts";
export { inBytes, ModelError, type ModelErrorKind } from "./errors.ts";
export { fitOf, type Room } from "./fit.ts";
export { proxyFetch } from "./http.ts";
export { Hub, type RemoteFile } from "./hub.ts";
export { type KitModel, packKit, unpackKit } from "./kit.ts";
export { type LookOptions, lookForServers, usualServerPorts } from "./local-servers.ts";
export { OllamaProgram } from "./ollama-program.ts";
export { OllamaPulls } from "./ollama-pulls.ts";
export { sha256Of } from "./part-file.ts";
export { parseReference, type Reference } from "./reference.ts";
export { modelsMigrations } from "./schema.ts";
export { type ModelsDatabase, Shelf, type ShelvedModel } from "./shelf.ts";
export { receiveUpload, type Upload } from "./upload.ts";
