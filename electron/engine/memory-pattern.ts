/** How llama.cpp, ggml, the C++ runtime, V8 and the system say that memory is short. */
export const memoryPattern =
  /out of memory|insufficient memory|failed to allocate|bad_?alloc|cannot allocate|allocation failed/i;
