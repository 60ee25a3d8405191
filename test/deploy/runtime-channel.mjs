// In place of the native HTTP part of AWS's runtime client, which cannot be built without Node's headers: the same three
// functions, for one invocation that comes from the process that started this one, and goes back there.
import { once } from 'node:events';

let posted;

/** Waits for the next invocation; whoever asks for another has said everything about the first. */
export async function next() {
  if (posted !== undefined) process.send(posted);
  const [invocation] = await once(process, 'message');
  return invocation;
}

export function done(_id, body) {
  posted = { kind: 'response', body, cause: '' };
}

export function error(_id, body, cause) {
  posted = { kind: 'error', body, cause };
}
