import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { util } from 'undici';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { readVersion } from '../command.ts';
import { quotePath, UsageError } from '../faults.ts';
import type { Hear } from '../place/account.ts';
import type { Line } from './assumption-lines.ts';
import { type Known, redactBody, redactText, redactValue } from './redact.ts';

/** Everything that was asked and answered, without secrets, ids, names and addresses. */
export type Transcript = ReturnType<typeof createTranscript>;

type Entry = { readonly head: string; readonly sent: unknown; readonly came: unknown };

/** Headers that say how Zoho and AWS want to be treated, and what an answer is. */
const headersThatMatter = /^(content-type|location|retry-after|x-rate-?limit[\w-]*|x-amzn-errortype)$/i;
/** undici says here what headers came; Zoho is asked one thing at a time. */
const channel = 'undici:request:headers';
const longestBody = 700;

export function createTranscript() {
  const entries: Entry[] = [];
  const known: Known[] = [];
  const hearAws: Hear = ({ service, operation, wire, input, status, output }) => {
    const { method = 'POST', host = service, path = '', headers = {} } = wire ?? {};
    const asked = `${method} ${host} ${wordsOf(path)} ${operation}`.replace(/ +/g, ' ');
    const head = `${asked} -> ${status ?? 'no answer'}${headersOf(headers)}`;
    entries.push({ head, sent: input, came: output });
  };
  const hearZoho =
    (callZoho: CallZoho): CallZoho =>
    async (request) => {
      let headers = '';
      const note = (message: unknown) => {
        headers = headersOf(util.parseHeaders(Object(message).response.headers));
      };
      const hear = (outcome: number | string, came: string) => {
        const head = `${request.method} ${request.host} ${pathOf(request.path)} -> ${outcome}`;
        entries.push({ head, sent: namesOf(request), came });
      };
      subscribe(channel, note);
      try {
        const { status, body } = await callZoho(request);
        hear(`${status}${headers}`, body);
        return { status, body };
      } catch (fault) {
        hear('no answer', '');
        throw fault;
      } finally {
        unsubscribe(channel, note);
      }
    };
  return {
    hearAws,
    hearZoho,
    /** A value that must not be in it, e.g. an account's id; replaced by its kind in what follows and what was. */
    know: (...more: readonly Known[]) => void known.push(...more),
    known: known as readonly Known[],
    lines: (): readonly string[] => withoutRepeats(entries.map((entry) => render(entry, known))),
  };
}

function headersOf(headers: Readonly<Record<string, string | string[]>>): string {
  const pairs = Object.entries(headers).filter(([name]) => headersThatMatter.test(name));
  return pairs.map(([name, value]) => `; ${name.toLowerCase()}: ${value}`).join('');
}

/** The API's own words in a path of AWS; what else is in it is a name. */
function wordsOf(path: string): string {
  const own = /^(\d{4}-\d\d-\d\d|functions|configuration|invocations|schedules)$/;
  return path.replace(/[^/]+/g, (part) => (own.test(part) ? part : '(name)'));
}

/** Values of a query are people's, but for the few that page a list. */
function pathOf(path: string): string {
  const [plain = '', query] = path.split('?');
  if (query === undefined) return plain;
  const parts = [...new URLSearchParams(query)].map(
    ([name, value]) => `${name}=${['limit', 'from', 'type'].includes(name) ? value : '(value)'}`,
  );
  return `${plain}?${parts.join('&')}`;
}

function namesOf({ headers, body }: { headers: Readonly<Record<string, string>>; body?: string }): string {
  const fields = [...new URLSearchParams(body ?? '').keys()];
  const names = Object.keys(headers).filter((name) => name !== 'content-type');
  return [...names, ...fields].join(', ') || 'no header of its own';
}

function render({ head, sent, came }: Entry, known: readonly Known[]): string {
  const text = (value: unknown) => JSON.stringify(redactValue(value, known));
  const asked = typeof sent === 'string' ? sent : text(sent);
  const answered = typeof came === 'string' ? redactBody(came, known) : text(came);
  return [redactText(head, known), `  > ${short(asked)}`, `  < ${short(answered)}`].join('\n');
}

function short(text: string): string {
  const more = text.length - longestBody;
  return more <= 0 ? text : `${text.slice(0, longestBody)} (and ${more} more characters)`;
}

function withoutRepeats(lines: readonly string[]): string[] {
  const same = Map.groupBy(lines, (line) => line);
  return [...same].map(([line, { length }]) => (length === 1 ? line : `${line}\n  (${length} times)`));
}

/** A file that cannot be written, or is somebody else's, is found before half an hour of work, not after. */
export function checkFile(file: string): string {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    if (!existsSync(file) || isOwn(readFileSync(file, 'utf8'))) return file;
  } catch {
    throw new UsageError(`--save: ${quotePath(file)} cannot be written`);
  }
  throw new UsageError(`--save: ${quotePath(file)} exists and is not a transcript of verify: name another file`);
}

function isOwn(text: string): boolean {
  return /^(zoho-tokens \S+ verify\n|$)/.test(text.slice(0, 80));
}

/** Writes the transcript, with what it came to on top; half an hour of work is not lost with it if that fails. */
export function saveTranscript(file: string, lines: readonly Line[], transcript: Transcript) {
  const shown = lines
    .filter(({ outcome }) => outcome !== 'not tried')
    .map(({ id, outcome, says }) => `${outcome}: ${id}${says && `: ${redactText(says, transcript.known)}`}`);
  const text = [`zoho-tokens ${readVersion()} verify`, '', ...shown, '', ...transcript.lines(), ''].join('\n');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    const says = `the transcript is in ${quotePath(file)}: read it, then send it back (docs/verify.md)`;
    return { isSaved: true, says };
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException;
    return { isSaved: false, says: `the transcript could not be written to ${quotePath(file)}: ${code}` };
  }
}
