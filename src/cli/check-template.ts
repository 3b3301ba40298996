/** What `skein check init` writes: a suite that is right as it stands, to begin from. */
export const suiteTemplate = `# yaml-language-server: $schema=checks.schema.json
# skein check schema > checks.schema.json makes editors complete it,
# skein check validate FILE says what is wrong with it, skein check FILE runs it.
apiVersion: checks/v1
kind: CheckSuite
metadata: { name: first }
defaults:
  timeout: 5s                     # of one attempt
  retry: { for: 10s, every: 1s }  # fine as soon as one attempt is as expected
checks:
  - id: interfaces-up
    name: no Ethernet port is without a link
    severity: warning             # told, but does not fail the run
    query: "G.V().Has('Type', 'device', 'State', 'DOWN', 'Name', Ne('lo')).Count()"
    expect: { equals: 0 }
  - id: host-is-watched
    name: this host is in the graph
    query: "G.V().Has('Type', 'host').Count()"
    expect: { min: 1 }
  - id: loopback
    name: the host reaches itself
    reach: { from: { gremlin: "G.V().Has('Type', 'host')" }, to: 127.0.0.1, method: model }
`;
