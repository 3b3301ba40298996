/** Who is told: what the text of an action means, and which of them are allowed here. */
import { mistake } from '../std/mistake.ts';

export type Action =
  | { readonly kind: 'none' }
  | { readonly kind: 'webhook'; readonly url: URL }
  | { readonly kind: 'script'; readonly name: string }
  | { readonly kind: 'log'; readonly name: string };

export interface ActionRules {
  /** Folder of the scripts that may be run; undefined: none may. */
  readonly scripts: string | undefined;
}

/** Throws a Mistake. Skydive's `file:///FOLDER/NAME` runs a script too, if FOLDER is that of the scripts. */
export function actionOf(text: string, { scripts }: ActionRules): Action {
  const said = text.trim();
  if (said === '') return { kind: 'none' };
  const scheme = /^([a-z]+):\/\//i.exec(said)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return webhook(said);
  const rest = said.slice((scheme?.length ?? 0) + 3);
  if (scheme === 'log') return { kind: 'log', name: nameIn(rest) };
  if (scheme !== 'script' && scheme !== 'file')
    throw mistake(
      'alert.action',
      'Action: is none that is known',
      'http://…, https://…, script://NAME, log://NAME, or nothing at all',
    );
  if (scripts === undefined)
    throw mistake('alert.scripts', 'Action: scripts are not run here', 'option alert.scripts names a folder of them');
  const folder = scripts.replace(/\/+$/, '');
  const isSkydives = scheme === 'file' && rest.startsWith(`${folder}/`);
  if (scheme === 'file' && !isSkydives)
    throw mistake('alert.scripts', `Action: only scripts in ${folder} are run`, `file://${folder}/NAME`);
  return { kind: 'script', name: nameIn(isSkydives ? rest.slice(folder.length + 1) : rest) };
}

/** Without what may be a secret: paths and queries of webhooks often are. For logs, errors, and who may only look. */
export function shownAction(text: string): string {
  try {
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return text;
    const isBare = (url.pathname === '/' || url.pathname === '') && url.search === '' && url.username === '';
    return isBare ? text : `${url.protocol}//${url.host}/…`;
  } catch {
    return text;
  }
}

function webhook(text: string): Action {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw mistake(
      'alert.action',
      'Action: the address of the webhook cannot be read',
      'https://hooks.example.org/skein',
    );
  }
  if (isMetadataService(url.hostname))
    throw mistake('alert.action', `Action: ${url.hostname} is a link-local address: nothing is sent there`);
  return { kind: 'webhook', url };
}

/** 169.254.0.0/16 and fe80::/10, also as ::ffff:…, and fd00:ec2::254: where clouds answer questions about who we are. */
export function isMetadataService(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    /^(::ffff:)?169\.254\./.test(address) ||
    /^fe[89ab][0-9a-f]:/.test(address) ||
    /^::ffff:a9fe:/.test(address) ||
    address === 'fd00:ec2::254'
  );
}

function nameIn(text: string): string {
  const name = text.replace(/^\/+/, '');
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name))
    throw mistake('alert.action', `Action: "${name.slice(0, 100)}" is no name`, 'letters, digits, and . _ - between');
  return name;
}
