/** State outside React, and the page's address. */
export { go, hashOf, type Route, useRoute } from "./route.ts";
export { createStore, type Store, useStore } from "./store.ts";
