// In place of Node's HTTP/2: the Lambda speaks HTTP/1.1, and undici takes this for a Node that was built without HTTP/2.
throw new Error('HTTP/2 is left out of the bundle, see build/bundle.mjs');
