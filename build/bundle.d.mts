/** Building is what importing `build.mjs` does. */
export {};
