// In place of the SDK's chain of credential providers: Lambda gives credentials in its environment variables.
export function defaultProvider() {
  throw new Error('the chain of credential providers is left out of the bundle, see build/bundle.mjs');
}
