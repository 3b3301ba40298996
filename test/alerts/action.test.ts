/** Actions: what their text means, and what is not done. */
import { actionOf, shownAction } from '../../src/alerts/action.ts';
import { triggerOf } from '../../src/alerts/trigger.ts';

const rules = { scripts: '/etc/skein/scripts' };

test.each([
  ['', { kind: 'none' }],
  ['script://page', { kind: 'script', name: 'page' }],
  ['file:///etc/skein/scripts/page.sh', { kind: 'script', name: 'page.sh' }],
  ['log://network', { kind: 'log', name: 'network' }],
])('%p is %j', (text, action) => {
  expect(actionOf(text, rules)).toEqual(action);
});

test('an address is a webhook', () => {
  expect(actionOf('http://localhost:9000/hook?a=1', rules)).toMatchObject({ kind: 'webhook' });
});

test.each([
  ['ftp://example.org/', 'none that is known'],
  ['http://', 'cannot be read'],
  ['http://169.254.169.254/latest/meta-data', 'link-local'],
  ['http://[fe80::1]/', 'link-local'],
  ['http://[::ffff:169.254.169.254]/', 'link-local'],
  ['file:///bin/sh', 'only scripts in /etc/skein/scripts'],
  ['file:///etc/skein/scripts/../sh', 'is no name'],
  ['script://../sh', 'is no name'],
  ['script://a b', 'is no name'],
  ['log://../../etc/passwd', 'is no name'],
])('%s is refused: %s', (text, why) => {
  expect(() => actionOf(text, rules)).toThrow(why);
});

test('without a folder of scripts none is run', () => {
  expect(() => actionOf('script://page', { scripts: undefined })).toThrow('scripts are not run here');
});

test('of a webhook only the server is shown to others', () => {
  expect(shownAction('https://hooks.example.org/services/T0/B0/secret')).toBe('https://hooks.example.org/…');
  expect(shownAction('https://user:secret@example.org/')).toBe('https://example.org/…');
  expect(shownAction('https://example.org:8443')).toBe('https://example.org:8443');
  expect(shownAction('log://network')).toBe('log://network');
});

test.each([
  ['', { kind: 'graph' }],
  ['graph', { kind: 'graph' }],
  ['duration:10s', { kind: 'interval', everyMs: 10_000 }],
  ['duration:+1s', { kind: 'interval', everyMs: 1_000 }],
])('the trigger %p is %j', (text, trigger) => {
  expect(triggerOf(text)).toEqual(trigger);
});

test.each(['daily', 'duration:', 'duration:1', 'duration:1ms', 'duration:30d', 'duration:-1s'])(
  'the trigger %s is refused',
  (text) => {
    expect(() => triggerOf(text)).toThrow('Trigger: ');
  },
);
