/** The one door out of the sandbox: text in, text out. Nobody finds it but who imports this. */
const askHost = globalThis.askHost;
delete globalThis.askHost;

// A script may change what it finds in its world; what these are here stays.
export const { parse, stringify } = JSON;

/** What the server says to a request. Waits for it in place. */
export function ask(method, path, body) {
  // What goes through the door ends there.
  if (`${path}${body ?? ''}`.includes('\0')) throw new Error('a request holds no NUL');
  const answer = askHost('ask', method, path, body ?? '');
  // Three digits and the text: what is large is not put into JSON once more.
  return { status: Number(answer.slice(0, 3)), text: answer.slice(3) };
}

export function say(line) {
  askHost('say', line.replaceAll('\0', '\\0'));
}

/** In place, ms. */
export function wait(ms) {
  askHost('wait', String(ms));
}

/** A name-based UUID (RFC 9562 §5.5), or a random one. */
export function uuid(version, namespace, name) {
  return askHost('uuid', String(version), String(namespace ?? ''), String(name ?? ''));
}

/** JSON text of what the script came to. */
export function done(text) {
  askHost('done', text);
}

export function failed(error) {
  askHost('failed', stringify(error));
}
