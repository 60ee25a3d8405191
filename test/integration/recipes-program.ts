import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Stage } from '../../local/stage.ts';

/** A recipe at work in a process of its own: a line of JSON in, a line of JSON out. */
export type RecipeProgram = {
  /** Calls a function of the recipe. @throws what it threw, as text. */
  call(name: string, ...values: unknown[]): Promise<unknown>;
  close(): void;
};

/** What a recipe finds in its environment: the stand-ins in the place of AWS. */
export function recipeVariables(stage: Stage): Record<string, string> {
  return {
    AWS_REGION: 'ap-south-1',
    AWS_DEFAULT_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stage.secretsManager.url,
  };
}

/** Starts a program that answers each line with one. */
export function startProgram(
  command: string,
  args: string[],
  options: { cwd: string; env: Record<string, string> },
): RecipeProgram {
  const child: ChildProcess = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const answers: ((line: string) => void)[] = [];
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.(line));
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the program ended with ${code}: ${errors}`)));
  });
  ended.catch(() => undefined);
  return {
    async call(name, ...values) {
      const line = new Promise<string>((resolve) => answers.push(resolve));
      child.stdin?.write(`${JSON.stringify([name, values])}\n`);
      const { result, error } = JSON.parse(await Promise.race([line, ended])) as {
        result?: unknown;
        error?: string;
      };
      if (error !== undefined) throw new Error(error);
      return result;
    },
    close: () => child.kill(),
  };
}

/** Calls the functions that a Node recipe exports. */
export function nodeDriver(recipe: string): string {
  return `
import { createInterface } from 'node:readline';
const recipe = await import(${JSON.stringify(recipe)});
for await (const line of createInterface({ input: process.stdin })) {
  const [name, values] = JSON.parse(line);
  const answer = await Promise.resolve().then(() => recipe[name](...values)).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: String(error) }),
  );
  console.log(JSON.stringify(answer));
}`;
}

/** The same for a Python recipe. */
export function pythonDriver(module: string): string {
  return `
import importlib, json, sys
recipe = importlib.import_module(${JSON.stringify(module)})
for line in sys.stdin:
    name, values = json.loads(line)
    try:
        answer = {"result": getattr(recipe, name)(*values)}
    except Exception as fault:
        answer = {"error": f"{type(fault).__name__}: {fault}"}
    print(json.dumps(answer), flush=True)
`;
}
