// What undici itself takes in a Node that was built without HTTP/2: no client here speaks it, and loading it takes time.
exports.constants = {};
