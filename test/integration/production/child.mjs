// Runs one tick of a bundle in production's environment: no endpoint variable is set, and what goes to a host over TLS is
// led to the stand-in that plays it. Tells the parent which hosts were called, and who AWS was told was calling.
//
//   node child.mjs BUNDLE EVENT_JSON STAND_INS_JSON       stand-ins: { "secretsmanager": URL, "sns": URL, "zoho": URL }
import http from 'node:http';
import https from 'node:https';
import { pathToFileURL } from 'node:url';

const [, , bundle, event, standInsText] = process.argv;
const standIns = JSON.parse(standInsText);
const hosts = new Set();
const userAgents = new Set();

https.request = (...parameters) => {
  const url = parameters[0] instanceof URL ? parameters.shift() : undefined;
  const [{ agent: _, ...options }, callback] = parameters;
  const host = url?.hostname ?? options.host;
  hosts.add(host);
  const service = host.split('.')[0];
  const standIn = new URL(standIns[service] ?? standIns.zoho);
  const isZoho = standIns[service] === undefined;
  if (!isZoho) userAgents.add(options.headers['user-agent']);
  return http.request(
    {
      ...options,
      agent: false,
      host: standIn.hostname,
      port: standIn.port,
      path: isZoho ? `/${host}${options.path}` : options.path,
    },
    callback,
  );
};

const { handler } = await import(pathToFileURL(bundle).href);
const context = { awsRequestId: 'production', getRemainingTimeInMillis: () => 60_000 };
const answer = await handler(JSON.parse(event), context);
process.send({ answer, hosts: [...hosts].sort(), userAgents: [...userAgents] }, () => process.exit(0));
