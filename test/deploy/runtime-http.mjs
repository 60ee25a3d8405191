// In place of the native HTTP part of AWS's runtime client, which cannot be built without Node's headers: the same three
// functions in JavaScript.
const invocations = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
let posted = Promise.resolve();

/** Waits for the next invocation. The native part has posted an answer when it returns; this one waits for that here. */
export async function next() {
  await posted;
  const answer = await fetch(`${invocations}/next`);
  return { bodyJson: await answer.text(), headers: Object.fromEntries(answer.headers) };
}

export function done(id, body) {
  posted = post(`${id}/response`, body, {});
}

export function error(id, body, xrayCause) {
  posted = post(`${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': xrayCause });
}

async function post(path, body, headers) {
  const answer = await fetch(`${invocations}/${path}`, { method: 'POST', body, headers });
  if (!answer.ok) throw new Error(`the Runtime API answered ${answer.status} to ${path}`);
}
