/** `skein cert init|show`: a private authority and the certificate of a server, without openssl. */
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { examples, type Session } from '../command.ts';
import { dataFolder } from '../data-folder.ts';

interface Options {
  readonly data?: string;
  readonly dir?: string;
  readonly name?: string;
  readonly renew?: boolean;
}

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  const init = command
    .command('init')
    .description('make an authority and a certificate for this machine; what is there and good stays')
    .option('--name <names>', 'names and addresses of the server, with commas (default: those of this machine)')
    .option('--renew', 'a new certificate of the server, of the same authority, though the old one is good')
    .action((_, self: Command) => initHere(session, self.optsWithGlobals()));
  const show = command
    .command('show')
    .description('what is in a certificate, and until when it is good')
    .argument('[file]', 'default: server.crt and ca.crt of the folder')
    .action((file: string | undefined, _, self: Command) => showOne(session, file, self.optsWithGlobals()));
  for (const each of [init, show])
    each
      .option('--dir <dir>', 'folder of the certificates (default: tls in the data folder)')
      .option('--data <dir>', 'data folder of the server (SKEIN_DATA)');
  examples(command, [
    'skein cert init',
    'skein cert init --name skein.example.org,192.0.2.7',
    'skein cert show',
    'skein status --server https://skein.example.org:8082 --ca /var/lib/skein/tls/ca.crt',
  ]);
}

async function initHere({ io }: Session, options: Options): Promise<void> {
  const { initCertificates } = await import('../../security/certificates.ts');
  const data = dataFolder(io.env, options.data);
  const folder = options.dir ?? join(data, 'tls');
  const given = options.name?.split(',').map((name) => name.trim());
  const names = given?.filter((name) => name !== '') ?? ownNames();
  const { files, made } = await initCertificates(folder, { names, now: io.now(), isRenewed: options.renew === true });
  if (made.length > 0) audited(io, data, `cert init ${folder}`);
  for (const file of made) io.out.write(`${file}\n`);
  io.err.write(
    made.length === 0
      ? `all is there and good: ${folder}\n`
      : `the server takes tls.cert ${files.cert} and tls.key ${files.key}; clients take --ca ${files.authority}\n`,
  );
}

async function showOne({ io }: Session, file: string | undefined, options: Options): Promise<void> {
  const { certificateFiles, factsOf } = await import('../../security/certificates.ts');
  const { cert, authority } = certificateFiles(options.dir ?? join(dataFolder(io.env, options.data), 'tls'));
  for (const each of file === undefined ? [cert, authority] : [file]) {
    const { subject, issuer, names, from, to, fingerprint } = await factsOf(each);
    const days = Math.floor((to - io.now()) / 86_400_000);
    const left = days < 0 ? 'expired' : `${days} days left`;
    io.out.write(
      [
        each,
        `  subject      ${subject}`,
        `  issuer       ${issuer}`,
        ...(names.length > 0 ? [`  names        ${names.join(', ')}`] : []),
        `  good from    ${new Date(from).toISOString()}`,
        `  good until   ${new Date(to).toISOString()} (${left})`,
        `  SHA-256      ${fingerprint}`,
        '',
      ].join('\n'),
    );
  }
}

/** Link-local addresses need a zone, and no certificate has one. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const global = addresses.filter(({ address }) => !/^fe80:/i.test(address)).map(({ address }) => address);
  return [...new Set([hostname(), 'localhost', ...global])];
}
