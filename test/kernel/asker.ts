/** Run inside of a sandbox: asks the server of the sandbox what stands on its input, and prints the answers. */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, ready] = process.argv.slice(2) as [string, string];
const queries = JSON.parse(await text(process.stdin)) as string[];

const READY_MS = 60_000;

for (const end = Date.now() + READY_MS; ; ) {
  const { body } = await ask(ready).catch(() => ({ body: undefined }));
  if (body === true) break;
  if (Date.now() > end) throw new Error(`not within ${READY_MS} ms: ${ready}`);
  await sleep(50);
}
const answers: unknown[] = [];
for (const query of queries) answers.push(await ask(query));
process.stdout.write(JSON.stringify(answers));

/** `ready` is a query that counts what has to be there: it is the number in front of it. */
async function ask(query: string): Promise<{ status: number; body: unknown }> {
  const [, count, gremlin] = /^(?:(\d+) )?(.*)$/.exec(query) as unknown as [string, string | undefined, string];
  const response = await fetch(`${url}/api/topology`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ GremlinQuery: gremlin }),
  });
  const body = await response.text();
  if (response.status !== 200) return { status: response.status, body };
  const value: unknown = JSON.parse(body);
  return { status: 200, body: count === undefined ? value : Number(value) >= Number(count) };
}
