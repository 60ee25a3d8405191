// Runs one tick of a bundle in production's environment: no endpoint variable is set, and every TLS connection is led to
// this process, which hands the request on to the stand-in that plays the host. Tells the parent which hosts were called.
//
//   node child.mjs BUNDLE EVENT_JSON STAND_INS_JSON TLS_JSON
//
// STAND_INS_JSON: { "secretsmanager": URL, "sns": URL, "zoho": URL }; TLS_JSON: { "key", "cert" }.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';

const [, , bundle, event, standInsText, tlsText] = process.argv;
const standIns = JSON.parse(standInsText);
const certificate = JSON.parse(tlsText);
const hosts = new Set();

const server = https.createServer(certificate, (request, answer) => {
  const { host } = request.headers;
  hosts.add(host);
  const standIn = standIns[host.split('.')[0]];
  const onward = http.request(
    standIn ?? standIns.zoho,
    {
      method: request.method,
      headers: request.headers,
      agent: false,
      path: standIn === undefined ? `/${host}${request.url}` : request.url,
    },
    (answered) => {
      answer.writeHead(answered.statusCode, answered.headers);
      answered.pipe(answer);
    },
  );
  request.pipe(onward);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const { connect } = tls;
tls.connect = (options) =>
  connect({
    ...options,
    host: '127.0.0.1',
    port: server.address().port,
    ca: certificate.cert,
    checkServerIdentity: () => undefined,
  });

const { handler } = await import(pathToFileURL(bundle).href);
const context = { awsRequestId: 'production', getRemainingTimeInMillis: () => 60_000 };
const answer = await handler(JSON.parse(event), context);
process.send({ answer, hosts: [...hosts].sort() }, () => process.exit(0));
