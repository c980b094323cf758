import { bytesOf, durationMs, type EngineConfig } from "../contract/index.ts";
import type { EngineSettings } from "../engine/index.ts";

const defaultIdleUnload = "15m";

/** The engine's part of the config, as the engine takes it. */
export function engineSettings(config: EngineConfig = {}): EngineSettings {
  const { gpu, gpu_layers, context_size, threads, batch_size, flash_attention } = config;
  const { memory_limit = "off", idle_unload = defaultIdleUnload } = config;
  return {
    model: {
      ...(gpu !== undefined && { gpu }),
      ...(gpu_layers !== undefined && { gpuLayers: gpu_layers }),
      ...(context_size !== undefined && { contextSize: context_size }),
      ...(threads !== undefined && { threads }),
      ...(batch_size !== undefined && { batchSize: batch_size }),
      ...(flash_attention !== undefined && { flashAttention: flash_attention }),
    },
    memoryLimitBytes: memory_limit === "off" ? null : bytesOf(memory_limit),
    idleUnloadMs: idle_unload === "off" ? null : durationMs(idle_unload),
  };
}
