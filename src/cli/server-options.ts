/** Where the server is and how to talk about it: accepted before and after the name of a command. */
import { type Command, Option } from 'commander';

export function addServerOptions(command: Command): Command {
  const group = 'Server:';
  return command
    .addOption(
      new Option('--server <url>', 'where to ask (SKEIN_SERVER; default http://127.0.0.1:8082)').helpGroup(group),
    )
    .addOption(new Option('--analyzer <host:port>', 'the same, as Skydive calls it (SKYDIVE_ANALYZER)').hideHelp())
    .addOption(
      new Option('--token-file <file>', 'file with the access token (SKEIN_TOKEN: the token itself)').helpGroup(group),
    )
    .addOption(
      new Option('--ca <file>', "authority of the server's certificate, of https:// servers (SKEIN_CA)").helpGroup(
        group,
      ),
    )
    .addOption(new Option('--timeout <duration>', 'give up after, e.g. 10s or 2m (default 60s)').helpGroup(group))
    .addOption(
      new Option('--color <when>', 'auto, always or never; NO_COLOR is heard too').choices(['auto', 'always', 'never']),
    )
    .addOption(new Option('-q, --quiet', 'only data and errors, no notes'))
    .addOption(new Option('-v, --verbose', 'say what is asked and how long it took'));
}
