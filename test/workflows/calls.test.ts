import { bundledWorkflows } from '../../src/workflows/bundled/index.ts';
import { bookOf, caller } from './book.ts';

const parameters = [
  { Name: 'source', Type: 'node' },
  { Name: 'all', Type: 'boolean' },
  { Name: 'seconds', Type: 'integer', Default: 5 },
  { Name: 'format', Type: 'choice', Default: 'graph', Values: [{ Value: 'graph' }, { Value: 'dot' }] },
];

async function echo() {
  const book = bookOf({ bundled: bundledWorkflows() });
  const Source = 'function() { return Array.prototype.slice.call(arguments) }';
  await book.create({ Name: 'Echo', Parameters: parameters, Source });
  return book;
}

test('parameters come in order or by name; what is left out is as it is by default', async () => {
  const book = await echo();
  const call = async (params: unknown[] | Record<string, unknown>) =>
    (await book.callWorkflow({ workflow: 'Echo', params, as: caller() })).result;
  expect(await call(['a', true])).toEqual(['a', true, 5, 'graph']);
  expect(await call({ format: 'dot', source: 'a' })).toEqual(['a', null, 5, 'dot']);
  expect(await call(['a', 'false', '7', ''])).toEqual(['a', false, 7, 'graph']);
  expect(await call([null])).toEqual([null, null, 5, 'graph']);
});

test('all that is wrong with parameters is said at once, by name', async () => {
  const book = await echo();
  const params = { sorce: 'a', all: 'perhaps', seconds: 1.5, format: 'png' };
  await expect(book.callWorkflow({ workflow: 'Echo', params, as: caller() })).rejects.toMatchObject({
    faults: [
      { code: 'workflow.params', message: "Echo has no parameter 'sorce'", hint: 'did you mean source?' },
      { message: 'Echo: all is true or false, not "perhaps"' },
      { message: 'Echo: seconds is a whole number, not 1.5' },
      { message: 'Echo: format is one of graph, dot, not "png"' },
    ],
  });
  await expect(book.callWorkflow({ workflow: 'CheckMTU', params: [1, 2, 3], as: caller() })).rejects.toThrow(
    'CheckMTU takes 2 parameters (source, destination), not 3',
  );
});

test('an unknown workflow is said with the one that was meant', async () => {
  const book = await echo();
  await expect(book.callWorkflow({ workflow: 'FlowMatirx', as: caller() })).rejects.toMatchObject({
    faults: [{ code: 'workflow.unknown', message: "Unknown workflow 'FlowMatirx'", hint: 'did you mean FlowMatrix?' }],
  });
});

test('names are unique, those that come with Skein included, and these stay', async () => {
  const book = await echo();
  const Source = 'function() {}';
  for (const Name of ['Echo', 'CheckMTU'])
    await expect(book.create({ Name, Parameters: [], Source })).rejects.toThrow(`there is a workflow named '${Name}'`);
  expect(() => book.delete('CheckMTU')).toThrow('CheckMTU comes with Skein and cannot be deleted');
  expect(book.delete('Echo')).toBe(true);
  expect(book.delete('Echo')).toBe(false);
});

test('what is no function is refused before it is kept', async () => {
  const book = bookOf();
  await expect(book.create({ Name: 'A', Parameters: [], Source: 'function() { var }' })).rejects.toThrow('A, line 1');
  await expect(book.create({ Name: 'A', Parameters: [], Source: 'x'.repeat(300_000) })).rejects.toThrow('larger than');
  expect(book.list()).toEqual([]);
});

test('what other analyzers keep is here as soon as it is told', () => {
  let tell: (lists: { workflows: [] | [ReturnType<typeof bundledWorkflows>[0] & object] }) => void = () => undefined;
  const book = bookOf({
    kept: {
      read: () => ({ lists: { workflows: [] }, note: undefined }),
      write: () => undefined,
      changed: (listener) => {
        tell = listener;
      },
    },
  });
  expect(book.list()).toEqual([]);
  tell({ workflows: [{ UUID: 'u', Name: 'Theirs', Parameters: [], Source: 'function() {}' }] });
  expect(book.get('Theirs')?.UUID).toBe('u');
});

test('those that come with Skein are functions', async () => {
  const book = bookOf();
  for (const { Name, Source, Parameters } of bundledWorkflows())
    await expect(book.create({ Name, Parameters, Source })).resolves.toMatchObject({ Name });
});

describe('what a script started', () => {
  let made = 0;
  const server = () =>
    caller(({ method, path }) =>
      method === 'POST' && /capture|inject/.test(path) ? { UUID: `u${++made}` } : undefined,
    );
  const removed = ({ asked }: ReturnType<typeof server>) =>
    asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  const start =
    'client.captures.create({}); client.captures.delete(client.captures.create({}).UUID); client.packetInjections.create({});';

  beforeEach(() => {
    made = 0;
  });

  test('is stopped when a limit cuts it off, in the name of who called', async () => {
    const as = server();
    const source = `function() { try { ${start} for (;;); } finally { client.captures.list() } }`;
    await expect(bookOf({ run: { cpuMs: 1_000 } }).runSource(source, { as })).rejects.toThrow('it computed longer');
    expect(removed(as)).toEqual(['/api/capture/u2', '/api/capture/u1', '/api/injectpacket/u3']);
  });

  test('is stopped when who called goes away, also what was just being started', async () => {
    const gone = new AbortController();
    const as = server();
    const slow: typeof as.ask = async (request, signal) => {
      if (request.path === '/api/injectpacket') {
        gone.abort(new Error('gone'));
        await new Promise((resolve) => setTimeout(resolve, 50));
        signal.throwIfAborted();
      }
      return as.ask(request, signal);
    };
    const called = bookOf().runSource(`function() { ${start} }`, { as: { ...as, ask: slow }, signal: gone.signal });
    await expect(called).rejects.toThrow('gone');
    expect(removed(as)).toEqual(['/api/capture/u2', '/api/capture/u1', '/api/injectpacket/u3']);
  });

  test('goes on when the script ends without stopping it', async () => {
    const as = server();
    await bookOf().runSource(`function() { ${start} }`, { as });
    await expect(bookOf().runSource(`function() { ${start} throw 1 }`, { as })).rejects.toThrow('1');
    expect(removed(as)).toEqual(['/api/capture/u2', '/api/capture/u5']);
  });
});
