/** Where an engine is: `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`. */

export type EngineAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Undefined when it is neither. */
export function readEngineAddress(text: string): EngineAddress | undefined {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(text) ?? [];
  if (path !== undefined) return { path: path.replace(/\/{2,}/g, '/') };
  const [, host, port] = /^(?:tcp|http):\/\/(\[[0-9a-f:.]+\]|[^[\]:/@]+)(?::(\d{1,5}))?\/?$/i.exec(text) ?? [];
  if (host === undefined) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT) };
}

/** Of the engine without encryption. */
const DEFAULT_PORT = 2375;
