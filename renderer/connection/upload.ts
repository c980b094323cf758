import type { AddedModel } from "../../electron/contract/index.ts";

/**
 * Sends a model file to the main process; for a page in a browser, which is not told where the file lies. `onProgress` hears the
 * share that is sent, 0 to 1. Rejects with an Error in words for the person, or with the reason of `signal`.
 */
export async function uploadModel(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<AddedModel> {
  // looked at here too: a browser sends gigabytes to their end before it minds a refusal
  if ((await file.slice(0, 4).text()) !== "GGUF")
    throw new Error(`${file.name} is not a GGUF file. Choose a model whose name ends in .gguf.`);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // fetch tells nothing of what it has sent
    const request = new XMLHttpRequest();
    request.open("POST", `/models?name=${encodeURIComponent(file.name)}`);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as AddedModel);
      else reject(new Error(request.responseText));
    });
    request.addEventListener("error", () =>
      reject(new Error("Holdfast stopped answering. Add the file again.")),
    );
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
