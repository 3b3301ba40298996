/** `skein flows` puts its filters together to one query. */
import { skein } from './terminal.ts';

const query = async (words: string) => {
  const { out, err, exitCode } = await skein(['flows', '--print-query', '--all', ...words.split(' ').filter(Boolean)]);
  return exitCode === 0 ? out.trim() : err;
};

test.each([
  ['', ''],
  ['--ip 10.0.0.1', ".Has('Network', '10.0.0.1')"],
  ['--ip 10.0.0.0/8', ".Has('Network', IPRANGE('10.0.0.0/8'))"],
  ['--from-ip 2001:DB8:0::1', ".Has('Network.A', '2001:db8::1')"],
  ['--ip 10.0.0.1 --ip 10.0.0.2', ".HasEither('Network', '10.0.0.1', 'Network', '10.0.0.2')"],
  ['--to-port 443 --protocol tcp', ".Has('Transport.B', 443).Has('Transport.Protocol', 'TCP')"],
  ['--port 8000-8100', ".Has('Transport', Between(8000, 8101))"],
  ['--not --port 22', ".Has('Transport.A', NEE(22)).Has('Transport.B', NEE(22))"],
  ['--not --to-port 20-22', ".HasEither('Transport.B', LT(20), 'Transport.B', GT(22))"],
  ['--not --app dns --app tls', ".Has('Application', NEE('DNS')).Has('Application', 'TLS')"],
  ['--app icmpV4', ".Has('Application', 'ICMPv4')"],
  ['--app tcp', ".Has('Application', 'TCP')"],
  ['--protocol icmp', ".Has('LayersPath', Regex('(?i)(.*/)?ICMPv[46](/.*)?'))"],
  ['--not --protocol icmp', ".HasNot('ICMP.Type')"],
  ['--mac 02:00:00:00:00:0A', ".Has('Link', '02:00:00:00:00:0a')"],
  ['--mac 02-00-00-00-00-0A', ".Has('Link', '02:00:00:00:00:0a')"],
  ['--app http', ".Has('HTTP.version', NE(''))"],
  ['--not --app HTTP', ".HasNot('HTTP.version')"],
  ['--community 1:LQU9qZlK+B5F3KDmev6m5PMibrg=', ".Has('CommunityID', '1:LQU9qZlK+B5F3KDmev6m5PMibrg=')"],
  ['--tracking 9E42A86914A043B8', ".Has('TrackingID', '9e42a86914a043b8')"],
  ['--tracking 9e42', ".Has('TrackingID', StartsWith('9e42'))"],
  ['--sni *.example.com', ".Has('TLS.sni', Regex('(?i).*\\\\.example\\\\.com'))"],
  ['--dns www.example.com', ".Has('DNS.questions.name', 'www.example.com')"],
  ["--http-host it's", ".Has('HTTP.host', 'it\\'s')"],
  ['--type drop', ".Has('Drops', NE(''))"],
  ['--not --type drop', ".HasNot('Drops')"],
  ['-4', ".Has('Network.Protocol', 'IPV4')"],
  ['--not -6', ".Has('Network.Protocol', NEE('IPV6'))"],
])('%s', async (words, steps) => {
  expect(await query(words)).toBe(`G.Flows()${steps}`);
});

test('the inverse of a prefix is every prefix beside it', async () => {
  expect(await query('--not --from-ip 192.0.0.0/2')).toBe(
    "G.Flows().HasEither('Network.A', IPRANGE('0.0.0.0/1'), 'Network.A', IPRANGE('128.0.0.0/2'), 'Network.A', IPRANGE('::/0'))",
  );
  expect(await query('--not --to-ip 8000::/1')).toBe(
    "G.Flows().HasEither('Network.B', IPRANGE('0:0:0:0:0:0:0:0/1'), 'Network.B', IPRANGE('0.0.0.0/0'))",
  );
});

test.each([
  ['--ip 10.0.0', 'no address'],
  ['--ip 10.0.0.0/33', 'no address'],
  ['--port http', 'no port'],
  ['--port 65536', 'no port'],
  ['--port 1-70000', 'no port'],
  ['--mac zz', 'no MAC'],
  ['--community abc', 'no Community ID'],
  ['--at 25:99', 'no time'],
  ['--tracking xyz', 'no TrackingID'],
  ['--type l7', 'no --type l7'],
  ['--not', '--not inverts'],
  ['--not --sni *.a', '--not cannot invert --sni'],
  ['--not --tracking 9e', '--not cannot invert --tracking'],
  ['--bpf tcp', 'packets that were kept'],
])('%s is refused with a reason', async (words, reason) => {
  expect((await skein(['flows', ...words.split(' ')])).err).toContain(reason);
  expect((await skein(['flows', ...words.split(' ')])).exitCode).toBe(2);
});

test('time, order and number are part of the query too', async () => {
  const print = async (words: string[]) => (await skein(['flows', '--print-query', ...words])).out.trim();
  expect(await print(['--at', '-5m', '--last', '3'])).toBe("G.At('-5m').Flows().Sort(DESC, 'Last').Limit(3)");
  expect(await print([])).toBe("G.Flows().Sort(DESC, 'Last').Limit(50)");
  expect(await print(['-f'])).toBe('G.Flows()');
  expect(await print(['--host', 'h1', '--all'])).toBe("G.V().Has('@Host', 'h1').Flows()");
  const whole = ['--gremlin', "G.V().Has('Type','veth').Flows()", '--since', '-1h', '--port', '80', '--all'];
  expect(await print(whole)).toBe("G.Between('-1h', NOW).V().Has('Type','veth').Flows().Has('Transport', 80)");
});
