// The parts of undici that the Lambda uses, under the name of the whole; build/bundle.mjs puts it in its place.
//
// undici's own index loads them all: fetch, WebSocket, caches, mocks. What the whole would cost is in
// docs/decisions/004-one-http-client.md.
const Dispatcher = require('../node_modules/undici/lib/dispatcher/dispatcher.js');

// undici's index gives every dispatcher its methods in the same way.
Dispatcher.prototype.request = require('../node_modules/undici/lib/api/api-request.js');

exports.Dispatcher = Dispatcher;
exports.Agent = require('../node_modules/undici/lib/dispatcher/agent.js');
exports.errors = require('../node_modules/undici/lib/core/errors.js');

// What the SDK's handler falls back on if nobody gave it a dispatcher: it would have no limits, and outlive the invocation.
exports.getGlobalDispatcher = () => {
  throw new Error('a client of AWS was used outside an invocation: it has no dispatcher');
};
