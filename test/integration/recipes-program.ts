import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Calls a function of a recipe. @throws what it threw, as text. */
export type CallRecipe = (name: string, ...values: unknown[]) => Promise<unknown>;

/** Answers each line of JSON with one. */
const driver = `
import importlib, json, sys
recipe = importlib.import_module(sys.argv[1])
for line in sys.stdin:
    name, values = json.loads(line)
    try:
        answer = {"result": getattr(recipe, name)(*values)}
    except Exception as fault:
        answer = {"error": f"{type(fault).__name__}: {fault}"}
    print(json.dumps(answer), flush=True)
`;

/** Starts a Python recipe in a process of its own, which ends with the test. */
export function startPython(
  module: string,
  options: { cwd: string; env: Readonly<Record<string, string>> },
): CallRecipe {
  const child = spawn('python3', ['-B', '-c', driver, module], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
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
