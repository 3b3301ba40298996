import { setTimeout as pause } from 'node:timers/promises';
import { Mistake } from '../../src/std/mistake.ts';
import type { RunLimits } from '../../src/workflows/sandbox/limits.ts';
import { usedMs } from '../used-ms.ts';
import { bookOf, caller } from './book.ts';

/** What a source comes to: its result, or the code of the mistake; and how long the event loop was held at
 * most, ms of this thread's own. */
async function attack(source: string, run: Partial<RunLimits> = {}) {
  const book = bookOf({ run: { wallMs: 60_000, cpuMs: 4_000, ...run } });
  let heldMs = 0;
  let last = usedMs();
  const timer = setInterval(() => {
    const now = usedMs();
    heldMs = Math.max(heldMs, now - last);
    last = now;
  }, 10);
  try {
    const ran = await book.runSource(source, { as: caller() });
    return { came: ran.result, console: ran.console, heldMs };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { came: error.faults[0]?.code, message: error.message, heldMs };
  } finally {
    clearInterval(timer);
  }
}

// Side by side: they have nothing to do with each other, and one of them must not be felt by the others.
test.concurrent.each<[string, string, string]>([
  ['an endless loop', 'function() { for (;;); }', 'workflow.cpu'],
  ['endless promises', 'async function() { for (;;) await null }', 'workflow.cpu'],
  ['endless recursion', 'function f() { return f() + 1 }', 'workflow.stack'],
  ['deep JSON', 'function() { return JSON.parse("[".repeat(100000)) }', 'workflow.stack'],
  ['a catastrophic expression', 'function() { return /^(a+)+$/.test("a".repeat(40) + "!") }', 'workflow.cpu'],
  ['arrays without end', 'function() { var a = []; for (;;) a.push(new Array(1000).fill(1)) }', 'workflow.memory'],
  ['a huge text', 'function() { return "x".repeat(1e9).length }', 'workflow.memory'],
  ['a huge buffer', 'function() { return new Uint8Array(1e9).length }', 'workflow.memory'],
  ['a result too large', 'function() { return "x".repeat(9e6) }', 'workflow.result-size'],
  ['toJSON without end', 'function() { return { toJSON: function() { for (;;); } } }', 'workflow.cpu'],
  ['a getter that throws', 'function() { return { get a() { throw new Error("no") } } }', 'workflow.result'],
  ['a proxy that throws', 'function() { return new Proxy({}, { ownKeys() { throw 1 } }) }', 'workflow.result'],
  ['a cycle', 'function() { var o = {}; o.o = o; return o }', 'workflow.result'],
  ['a promise of itself', 'function() { return { then: function(r) { r(this) } } }', 'workflow.cpu'],
  ['waiting without end', 'function() { return new Promise(function() {}) }', 'workflow.unsettled'],
  ['catching what ends it', 'function() { for (;;) try { for (;;); } catch (e) {} }', 'workflow.cpu'],
])('%s ends by itself, and others are answered meanwhile', async (_, source, code) => {
  // Little time for those that use all of it; enough for the others to come to theirs.
  const { came, heldMs } = await attack(source, { cpuMs: code === 'workflow.cpu' ? 100 : 4_000 });
  expect(came).toBe(code);
  expect(heldMs).toBeLessThan(500);
});

test.concurrent.each<[string, string]>([
  ['timers without end', 'function() { return new Promise(() => setInterval(() => 0, 5)) }'],
  ['sleeping for long', 'function() { sleep(1e9) }'],
])('%s ends with its time', async (_, source) => {
  const { came, heldMs } = await attack(source, { wallMs: 500 });
  expect(came).toBe('workflow.time');
  expect(heldMs).toBeLessThan(500);
});

// What is thrown need be no error, and may throw when it is looked at.
test.concurrent.each<[string, string, string]>([
  ['nothing', 'function() { throw undefined }', 'undefined'],
  ['a text that holds a NUL', 'async function() { await Promise.reject("a\\0b") }', 'a\0b'],
  ['a symbol', 'function() { throw Symbol("x") }', 'Symbol(x)'],
  ['what throws', 'function() { throw { toJSON() { throw 1 } } }', 'something that cannot be shown was thrown'],
  ['a then that throws', 'function() { return { get then() { throw "t" } } }', 't'],
])('thrown is %s: that is said', async (_, source, said) => {
  expect(await attack(source)).toMatchObject({ came: 'workflow.threw', message: `the script: ${said}` });
});

test('a NUL is a character as any other, and none of a request', async () => {
  const source = `function(text) {
    console.log(text);
    try { request('/api/capture\\0/x') } catch (e) { return [text, '\0'.length, e.message] }
  }`;
  const { result, console } = await bookOf().runSource(source, { as: caller(), params: ['a\0b'] });
  expect(result).toEqual(['a\0b', 1, 'a request holds no NUL']);
  expect(console).toEqual(['a\\0b']);
});

test('a source that is too large, and parameters nested too deep, are refused before anything runs', async () => {
  const book = bookOf();
  const large = book.runSource(`function() { return "${'x'.repeat(1e7)}" }`, { as: caller() });
  await expect(large).rejects.toThrow('its source is larger than 262144 characters');
  const params = [JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)];
  const deep = book.runSource('function(a) { return 1 }', { as: caller(), params });
  await expect(deep).rejects.toThrow('the parameters cannot be written as JSON: ');
  expect(book.status().Running).toBe(0);
});

test('a deep result meets the stack', async () => {
  const source = 'function() { var o = {}; for (var i = 0; i < 2e4; i++) o = {o: o}; return o }';
  expect((await attack(source)).came).toBe('workflow.stack');
});

test('a flood of requests is cut off, also where the script catches that', async () => {
  const flood = 'function() { for (;;) try { client.G.V().result() } catch (e) {} }';
  expect((await attack(flood, { asksMax: 100 })).came).toBe('workflow.asked');
});

test('of a flood of console lines as many are kept as there is room for, and the rest is counted', async () => {
  const { came, console } = await attack('function() { for (let i = 0; i < 5000; i++) console.log(i); return 1 }', {
    cpuMs: 4_000,
  });
  expect(came).toBe(1);
  expect(console).toHaveLength(1_001);
  expect(console?.at(-1)).toBe('… 4000 more lines that were not kept');
});

test('nothing of the host is found, whatever is climbed up', async () => {
  const source = `async function() {
    const names = ['process', 'require("fs").readFileSync', 'fetch', 'askHost', 'WebAssembly', 'std', 'os', 'runWorkflow', 'Worker'];
    const up = (from) => from.constructor.constructor;
    const roots = [up(client.G), up(console.log), up(sleep), up(Promise.resolve()), up((await client.G.V())), Function];
    const found = [];
    for (const make of roots) for (const name of names) {
      try { if (make('return typeof ' + name)() !== 'undefined') found.push(name) } catch (e) {}
    }
    for (const path of ['./host.js', 'host.js', '../thread.ts', '/etc/passwd', 'node:fs', 'std'])
      try { await import(path); found.push(path) } catch (e) {}
    return found;
  }`;
  expect((await attack(source)).came).toEqual([]);
});

test('what a script does to its own prototypes harms itself alone', async () => {
  const { came } = await attack(`function() {
    Object.prototype.polluted = 1; JSON.stringify = null; Array.prototype.map = null; Promise.prototype.then = null;
    return { a: 1 };
  }`);
  expect(came).toEqual({ a: 1 });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('no request leaves for what is no path below /api/', async () => {
  const as = caller();
  const paths = ['http://127.0.0.1/', '/api/../secret', '/login', '/api/a b', '/api/x\r\nX: y', '', 7, null];
  const source = `function(paths) {
    return paths.map((path) => { try { return request(path, 'GET', '').body } catch (e) { return e.message } });
  }`;
  const { result } = await bookOf().runSource(source, { as, params: [paths] });
  expect(result).toEqual(paths.map(() => 'a request goes to a path below /api/'));
  expect(as.asked).toEqual([]);
});

test('a workflow that calls itself meets the number that may run, and ends', async () => {
  const book = bookOf({ limits: { runningMax: 3 } });
  const as = {
    name: 'tester',
    ask: async (_: unknown, signal: AbortSignal) => {
      const ran = await book.callWorkflow({ workflow: 'Self', as, signal }).catch((error: Mistake) => error);
      return ran instanceof Mistake ? { status: 429, text: ran.message } : { status: 200, text: ran.json };
    },
  };
  await book.create({ Name: 'Self', Parameters: [], Source: 'function() { return client.workflows.call("Self") }' });
  await expect(book.callWorkflow({ workflow: 'Self', as })).rejects.toThrow('3 workflows run already');
  expect(book.status()).toMatchObject({ Running: 0, Failures: { busy: 1, threw: 3 } });
});

test('who goes away ends the run, and nothing of it stays', async () => {
  const book = bookOf();
  const gone = new AbortController();
  const running = book.runSource('function() { for (;;) sleep(10) }', { as: caller(), signal: gone.signal });
  running.catch(() => undefined);
  await pause(300);
  gone.abort(new Error('gone'));
  await expect(running).rejects.toThrow('gone');
  expect(book.status().Running).toBe(0);
});

test('memory is given back: sixteen runs that use up theirs leave less than that of two', async () => {
  // Its engine begins with 256 pages.
  const memoryPages = 384;
  const book = bookOf({ limits: { runningMax: 4 }, run: { memoryPages } });
  const source = 'function() { var a = []; for (;;) a.push(new Uint8Array(1e6).fill(1)) }';
  const many = async (count: number) => {
    for (let done = 0; done < count; done += 4)
      await Promise.allSettled([1, 2, 3, 4].map(() => book.runSource(source, { as: caller() })));
  };
  await many(8);
  const before = process.memoryUsage.rss();
  await many(16);
  expect(book.status().Failures).toEqual({ memory: 24 });
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 * memoryPages * 64 * 1024);
});
