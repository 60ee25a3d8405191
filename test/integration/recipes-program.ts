import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Calls a function of a recipe. @throws what it threw, as text. */
export type CallRecipe = (name: string, ...values: unknown[]) => Promise<unknown>;

/** Starts a recipe in a process of its own, which answers each line of JSON with one, until the test ends. */
export function startRecipe(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>> },
): CallRecipe {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (name, ...values) => {
    child.stdin.write(`${JSON.stringify([name, values])}\n`);
    const { value = '{"error":"the program has ended"}' } = await lines.next();
    const { result, error } = JSON.parse(value) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
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
