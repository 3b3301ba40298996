"""Asks a server as users of gremlinpython do, in both of its formats; ends with 1 at the first answer that is wrong."""

import datetime
import sys
import uuid

from gremlin_python.driver.client import Client
from gremlin_python.driver.driver_remote_connection import DriverRemoteConnection
from gremlin_python.driver.protocol import GremlinServerError
from gremlin_python.driver.serializer import GraphBinarySerializersV1, GraphSONSerializersV3d0
from gremlin_python.process.anonymous_traversal import traversal
from gremlin_python.process.graph_traversal import __
from gremlin_python.process.strategies import SubgraphStrategy
from gremlin_python.process.traversal import Order, P, T, TextP
from gremlin_python.statics import long

url = sys.argv[1]
asked = 0


def equal(got, want):
    global asked
    asked += 1
    if got != want:
        raise SystemExit(f"got {got!r}, want {want!r}")


def refused(ask, code, says):
    try:
        answer = ask()
    except GremlinServerError as error:
        equal(error.status_code, code)
        equal(says in str(error), True)
    else:
        raise SystemExit(f"not refused: {answer!r}")


def modern(serializer):
    remote = DriverRemoteConnection(url, "gmodern", message_serializer=serializer)
    g = traversal().with_remote(remote)
    equal(g.V().has("name", "marko").out("knows").order().by("name", Order.desc).values("name").to_list(), ["vadas", "josh"])
    equal(g.V().has("age", P.gt(30)).values("age").sum_().next(), 67)
    equal(g.V().has("name", TextP.starting_with("m")).value_map("name").next(), {"name": ["marko"]})
    equal(g.V(1).project("who", "links").by("name").by(__.out_e().count()).next(), {"who": "marko", "links": 3})
    equal(g.V().group_count().by(T.label).next(), {"person": 4, "software": 2})
    equal(g.V(1).repeat(__.out()).times(2).path().by("name").to_list()[0].objects, ["marko", "josh", "ripple"])
    equal(g.with_strategies(SubgraphStrategy(vertices=__.has_label("person"))).V().count().next(), 4)
    equal(g.with_("evaluationTimeout", 5000).V().count().next(), 6)
    vertex = g.V(1).next()
    equal((vertex.id, vertex.label, [each.value for each in vertex.properties if each.key == "name"]), (1, "person", ["marko"]))
    edge = g.E(7).next()
    equal((edge.outV.id, edge.label, edge.inV.id), (1, "knows", 2))
    values = ["Zürich", 42, 1.5, True, None, long(2**62), uuid.UUID(int=7), [1, ["two"]], {"a": [1]}, {1, 2}]
    for value in values:
        equal(g.inject(value, value).to_list(), [value, value])
    day = datetime.datetime(2026, 1, 31, 12, 30, tzinfo=datetime.timezone.utc)
    equal(g.inject(day).next(), day)
    equal(g.inject(list(range(1000))).unfold().to_list(), list(range(1000)))
    refused(lambda: g.inject(1).fail("on purpose").to_list(), 595, "on purpose")
    refused(lambda: g.with_("evaluationTimeout", 100).V().repeat(__.both()).until(__.has("name", "nobody")).to_list(), 598, "timeMs")
    remote.close()


def scripts(serializer):
    client = Client(url, "gmodern", message_serializer=serializer)

    def ask(text, bindings=None, **options):
        return client.submit(text, bindings, options or None).all().result(timeout=20)

    equal(ask("g.V().has('name', x).values('age')", {"x": "marko"}), [29])
    equal(ask("g.V().values('name')", batchSize=2), ["marko", "vadas", "lop", "josh", "ripple", "peter"])
    refused(lambda: ask("g.V().oot()"), 597, "oot")
    client.close()


def writes(serializer):
    remote = DriverRemoteConnection(url, "g", message_serializer=serializer)
    g = traversal().with_remote(remote)
    made = str(uuid.uuid4())
    g.add_v("host").property(T.id, made).property("Name", "h1").as_("a").add_v("port").add_e("owns").from_("a").iterate()
    equal(g.V(made).out("owns").count().next(), 1)
    g.V().drop().iterate()
    equal(g.V().has_next(), False)
    remote.close()


for serializer in (GraphBinarySerializersV1(), GraphSONSerializersV3d0()):
    modern(serializer)
    scripts(serializer)
    writes(serializer)
print(f"{asked} answers")
