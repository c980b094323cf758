// node-llama-cpp asks for `getBinsDir` and takes its absence for "no such binaries".
export {};
