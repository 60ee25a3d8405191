import { readFileSync } from 'node:fs';

/** A command as a document has it. */
export type DocumentCommand = {
  /** As somebody would paste it. */
  readonly line: string;
  /** What the document shows below it; nothing if it shows none. */
  readonly output: readonly string[];
};

/** In running text, a program with what it is to do is a command; its name alone is not. */
const inline = /`((?:npx (?:--no-install )?[\w-]+|npm|aws|git|cdk|node|ssh) [^`]+)`/g;

/**
 * Finds every command of a document, in its order.
 *
 * In a `console` block `$` begins a command and other lines are its output. In an indented block and in a `sh` block each
 * line is a command. Blocks of other languages have none. In running text, code that begins with a program is a command.
 *
 * @param text - Markdown.
 */
function findCommands(text: string): DocumentCommand[] {
  const found: { line: string; output: string[] }[] = [];
  let language: string | undefined;
  for (const line of text.split('\n')) {
    const fence = /^```(\w*)/.exec(line);
    if (fence !== null) {
      language = language === undefined ? fence[1] : undefined;
      continue;
    }
    if (language === 'console') {
      if (line.startsWith('$ ')) found.push({ line: line.slice(2), output: [] });
      else found.at(-1)?.output.push(line);
    } else if (language === 'sh' || (language === undefined && /^ {4}\S/.test(line))) {
      const command = line.trim().replace(/ +# .*$/, '');
      if (command !== '') found.push({ line: command, output: [] });
    } else if (language === undefined) {
      for (const [, command = ''] of line.matchAll(inline)) found.push({ line: command, output: [] });
    }
  }
  return found;
}

/**
 * The commands of a document that a test has to carry out.
 *
 * @param leftOut - Commands that it does not carry out, each with the reason.
 * @throws if one of them is not in the document, or no more.
 */
export function commandsToRun(document: string, leftOut: Readonly<Record<string, string>>): DocumentCommand[] {
  const commands = findCommands(readFileSync(document, 'utf8'));
  const gone = Object.keys(leftOut).filter((known) => !commands.some(({ line }) => line === known));
  if (gone.length > 0) throw new Error(`left out, and not in ${document}: ${gone.join(', ')}`);
  return commands.filter(({ line }) => !(line in leftOut));
}

/** What varies from run to run: the end of a token, ids, numbers and their unit; and the blanks that keep columns in line. */
const varying = /(?:\\\*){4}\w{4}|X{10,}|\d+| minutes?\b| +/g;

/** What comes in the place of a text that varies. */
function patternOf(found: string): string {
  if (found.startsWith('\\*')) return '\\*{4}\\w{4}';
  if (found.startsWith('X')) return '\\w+';
  if (found.trim() === '') return ' +';
  return found.startsWith(' ') ? ' minutes?' : '\\d+';
}

/** Fits what a document shows. A line `...` stands for any lines, `...` at the end of a line for its rest. */
export function patternOfOutput(shown: readonly string[]): RegExp {
  const lines = shown.map((line) => {
    if (line === '...') return '(?:.*\\n)*';
    const [, text = '', rest] = /^(.*?)(\.\.\.)? *$/.exec(line) ?? [];
    const literal = text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(varying, patternOf);
    return `${literal}${rest === undefined ? '' : '.*'}[^\\S\\n]*\\n`;
  });
  return new RegExp(`^${lines.join('')}\\s*$`);
}
