"""Cases for everything of the HTTP edge that is not the content of an operation: bytes, headers, bodies, files, streams,
websockets.

Each kind is a strategy of [`Case`]s. Must not know how an answer is judged.
"""

import base64
import json
import os
import struct
from dataclasses import dataclass, field
from urllib.parse import quote

from hypothesis import strategies as st

import values

QUERY = "{ me { id email } }"
BODY = json.dumps({"query": QUERY}).encode()
LIMIT_BYTES = 1024 * 1024
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4z"
    "NDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)


@dataclass
class Case:
    """A request as it goes over the wire."""

    method: str
    path: str
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    # Sent instead of what is above.
    data: bytes | None = None
    # An answer without an end is taken as it is after this long.
    patience_s: float | None = None
    # What follows once the connection is a websocket.
    frames: list = field(default_factory=list)
    has_credentials: bool = True

    def wire(self, credentials):
        """All bytes of the request."""
        if self.data is not None:
            return self.data
        headers = {"host": "127.0.0.1", "content-length": str(len(self.body)), "connection": "close"}
        headers |= (credentials if self.has_credentials else {}) | self.headers
        head = f"{self.method} {self.path} HTTP/1.1\r\n".encode("utf-8", "replace")
        for name, value in headers.items():
            if value is not None:
                head += name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        return head + b"\r\n" + self.body


def kinds(pool, schema):
    """The kinds of cases by name."""
    return {
        "bytes": garbage(),
        "json": bodies(),
        "documents": documents(),
        "headers": headers(),
        "paths": paths(pool),
        "methods": methods(),
        "files": files(pool),
        "log-in": log_ins(),
        "streams": streams(pool, schema),
        "websockets": websockets(pool),
        "cursors": cursors(pool, schema),
    }


def json_headers(**more):
    return {"content-type": "application/json"} | more


def garbage():
    """Not HTTP, or nearly."""
    lines = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"GET /graphql\r\n\r\n", b"POST /graphql HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nzz\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"query\"",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 300 + b"\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * 700_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"\r\n\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{}",
    ]
    raw = st.one_of(st.sampled_from(lines), st.binary(min_size=1, max_size=200),
                    st.binary(max_size=60).map(lambda tail: b"POST /graphql HTTP/1.1\r\n" + tail + b"\r\n\r\n"))
    return raw.map(lambda data: Case("-", "/", data=data))


def bodies():
    """Bodies that are no GraphQL request, with credentials: they reach the parser."""
    fixed = [
        b"", b"{", b"[]", b"null", b"0", b'"query"', b"[" * 100_000, b'{"a":' * 20_000, b'{"query": 1}', b'{"query": null}',
        b'{"query": "{ me { id } }", "variables": []}', b'{"query": "{ me { id } }", "variables": "x"}',
        b'{"query": "{ me { id } }", "operationName": {}}', b'{"query": "{ me { id } }", "extensions": 3}',
        b'{"query": "{ me { id } }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}',
        b'{"extensions": {"persistedQuery": {"version": 99, "sha256Hash": null}}}', b'{"documentId": "x"}', b'{"documentId": 1}',
        b'{"query": "\\ud800"}', b'{"query": "\xff\xfe"}', b"\xef\xbb\xbf" + BODY, BODY.decode().encode("utf-16"),
        b'[{"query": "{ me { id } }"}]', BODY + BODY, BODY[:-1], b" " * (LIMIT_BYTES - 1), b" " * (LIMIT_BYTES + 1),
        b'{"query": "{ me { id } }", "query": "{ x }"}', b'{"query": "{ me { id } }", "variables": {"a": 1e400}}',
    ]

    @st.composite
    def broken(draw):
        data = bytearray(BODY)
        for _ in range(draw(st.integers(1, 4))):
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
        return bytes(data)

    return st.one_of(st.sampled_from(fixed), broken(), st.binary(max_size=80)).map(
        lambda body: Case("POST", "/graphql", json_headers(), body))


def documents():
    """Documents that are too deep, too wide, circular, or no documents."""
    deep = "{ sites { nodes " * 40 + "{ id }" + " } }" * 40
    fixed = [
        "", "{", "}", "{}", "query", "#", "{ __typename }", "query A { me { id } } query A { me { id } }",
        "fragment F on User { ...F } { me { ...F } }", "{ me { ...F } } fragment F on User { ...G } fragment G on User { ...F }",
        "{ me { ...Missing } }", "query ($x: Int = 99999999999) { sites(first: $x) { nodes { id } } }", deep,
        "{ " + " ".join(f"a{n}: me {{ id }}" for n in range(400)) + " }", "{ me { id @skip(if: true) @include(if: false) } }",
        "{ me { " + "id @include(if: true) " * 300 + "} }", "{ me { " + "id " * 30_000 + "} }", "{ me" * 5000, "[" * 60_000,
        "query ($x: [[[[[[[[Int]]]]]]]]) { me { id } }", "query ($x: Missing) { me { id } }", '{ site(id: """' + "\\" * 5000 + '""") { id } }',
        "query (" + " ".join(f"$v{n}: Int" for n in range(3000)) + ") { me { id } }", "{ sites(first: 1, first: 2) { nodes { id } } }",
        "{ employees(filter: " + "{x: " * 3000 + "1" + "}" * 3000 + ") { nodes { id } } }", "{ site(id: \"\\u{10FFFF}\") { id } }",
        "subscription { today { cursor } }", "mutation { siteCreate(input: {}) { status } }", "{ me { id } }\0", "\ufeff{ me { id } }",
        "{ employees(filter: " + "[" * 200 + "]" * 200 + ") { nodes { id } } }", "query Q($a: Int!, $a: Int!) { me { id } }",
    ]
    random = st.lists(
        st.sampled_from(["{", "}", "(", ")", "query", "me", "sites", "nodes", "id", "...", "on", "User", "$x", ":", "@skip", '"', "1", "!"]),
        max_size=25,
    ).map(" ".join)

    def case(text, name):
        body = json.dumps({"query": text} | ({"operationName": name} if name is not None else {})).encode()
        return Case("POST", "/graphql", json_headers(), body)

    names = st.one_of(st.none(), st.none(), values.texts())
    return st.builds(case, st.one_of(st.sampled_from(fixed), random, values.texts()), names)


def headers():
    """A sound request with strange headers."""
    names = ["content-type", "accept", "accept-encoding", "origin", "cookie", "host", "x-forwarded-for", "forwarded", "traceparent",
             "authorization", "x-request-id", "sec-fetch-site", "content-encoding", "if-none-match", "range", "user-agent",
             "transfer-encoding", "upgrade", "connection", "x-forwarded-proto", "accept-language"]
    fixed = [b"", b"\xff\xfe", b"a" * 9000, b"application/json; charset=utf-16", b"multipart/form-data", b"*/*;q=nan", b"null",
             b"bytes=0-18446744073709551615", b"Bearer ", b"Bearer \xc3\xa9", b"Basic eDp5", b"rollcall_session=", b"rollcall_session=x; " * 200,
             b"for=\"[::1]:99999\"", b"300.1.1.1", b"gzip", b"text/event-stream", b"chunked", b"websocket", b"100-continue", b"00-0-0-0"]
    value = st.one_of(st.sampled_from(fixed), st.binary(max_size=40).map(
        lambda data: bytes(byte for byte in data if byte not in (0, 10, 13))))

    def case(more, is_probe):
        path, method, body = ("/healthz", "GET", b"") if is_probe else ("/graphql", "POST", BODY)
        return Case(method, path, json_headers() | more, body, patience_s=1)

    return st.builds(case, st.dictionaries(st.sampled_from(names), value, min_size=1, max_size=4), st.booleans())


def paths(pool):
    """What is served by a path with an id, and the portal's files."""
    part = st.one_of(values.texts().filter(lambda text: len(text) < 3000).map(lambda text: quote(text, safe="")),
                     pool.ids_strategy().filter(lambda text: len(text) < 3000).map(lambda text: quote(text, safe="")),
                     st.sampled_from(["%", "%zz", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", ".", "..", "//", "a" * 5000]))
    place = st.sampled_from(["/photos/{}", "/sightings/{}/thumbnail", "/exports/{}", "/{}", "/assets/{}", "/graphql/{}", "/session/{}",
                             "/graphql?query={}", "/../{}", "/readyz/{}", "/metrics?{}", "/graphiql?{}"])
    more = st.sampled_from([{}, {}, {"range": "bytes=5-1"}, {"accept": "image/webp"}, {"if-none-match": "*"}])
    return st.builds(lambda where, what, more: Case("GET", where.format(what), more, patience_s=1), place, part, more)


def methods():
    """Methods that nothing is served by. Never the end of the fuzzer's own session."""
    method = st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X-Y"])
    path = st.sampled_from(["/", "/graphql", "/session", "/graphql/ws", "/photos/x", "/exports/x", "/healthz", "/readyz", "*", "//"])
    return st.builds(lambda method, path, body: Case(method, path, json_headers(), body, patience_s=1, has_credentials=path != "/session"),
                     method, path, st.sampled_from([b"", BODY]))


def files(pool):
    """Requests with files, sound and broken."""
    operation = {
        "query": "mutation ($id: ID!, $files: [Upload!]!) { employeePhotoAdd(input: { employeeId: $id, files: $files })"
                 " { status files { outcome } problems { code message } } }",
        "variables": {"id": (pool.by_kind.get("employee") or [values.forge("employee")])[0], "files": [None]},
    }
    operations = st.one_of(st.sampled_from([json.dumps(operation), "", "{", "[]", "null", f"[{json.dumps(operation)}]", "\ud83d"]),
                           values.texts()).map(lambda text: text.encode("utf-8", "surrogatepass"))
    maps = st.sampled_from([
        b'{"0":["variables.files.0"]}', b'{"0":["variables.files.0"]}', b'{"0":["variables.files.999999999"]}', b"", b"{}", b"[]", b"null",
        b'{"0":["variables"]}', b'{"0":[]}', b'{"0":["query"]}', b'{"0":["variables.id"]}', b'{"0":["variables.files.-1"]}',
        b'{"1":["variables.files.0"]}', b'{"0":[' + b'"variables.files.0",' * 5000 + b'"variables.files.0"]}', b'{"0":["..."]}', b'{"0":[1]}',
    ])
    huge = bytearray(JPEG)
    # The size in the frame header: 65,535 by 65,535 pixels in 150 bytes.
    at = huge.index(b"\xff\xc0") + 5
    huge[at:at + 4] = b"\xff\xff\xff\xff"
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0" + b"\0" * 60
    content = st.one_of(st.sampled_from([JPEG, JPEG, b"", JPEG[:60], bytes(huge), png, b"GIF89a" + b"\xff" * 50, b"\xff\xd8\xff" + b"\0" * 3000,
                                         b"<svg xmlns='http://www.w3.org/2000/svg'/>"]), st.binary(max_size=100))
    names = st.sampled_from(["a.jpg", "", "../../etc/passwd", "\u202egpj.exe", "x" * 5000, "a\\\"b", "nul"])
    shapes = st.sampled_from(["whole", "whole", "whole", "cut", "order", "twice", "other boundary", "no boundary", "many"])

    def case(operations, file_map, content, name, shape):
        boundary = b"----fuzz"

        def part(field_name, data, more=b""):
            return (b"--" + boundary + b'\r\nContent-Disposition: form-data; name="' + field_name + b'"' + more + b"\r\n\r\n" + data + b"\r\n")

        parts = [part(b"operations", operations), part(b"map", file_map),
                 part(b"0", content, b'; filename="' + name.encode() + b'"\r\nContent-Type: image/jpeg')]
        if shape == "order":
            parts.reverse()
        elif shape == "twice":
            parts += parts
        elif shape == "many":
            parts += [part(str(n).encode(), b"x") for n in range(1, 300)]
        body = b"".join(parts) + b"--" + boundary + b"--\r\n"
        if shape == "cut":
            body = body[:len(body) // 2]
        kind = {"other boundary": "multipart/form-data; boundary=zzz", "no boundary": "multipart/form-data"}.get(
            shape, "multipart/form-data; boundary=----fuzz")
        return Case("POST", "/graphql", {"content-type": kind}, body)

    return st.builds(case, operations, maps, content, names, shapes)


def log_ins():
    """Log-ins, none of which is right. Never of the fuzzer's own account, which would have to wait after some."""
    text = st.one_of(values.texts(), st.just("viewer@fuzz.example"), st.none(), st.integers())
    sound = st.fixed_dictionaries({"email": text, "password": text}).map(lambda body: json.dumps(body).encode())
    body = st.one_of(sound, st.sampled_from([b"", b"{}", b"[]", b'["a","b"]', b'{"email":"\xff","password":""}']), st.binary(max_size=40))
    return body.map(lambda body: Case("POST", "/session", json_headers(), body, has_credentials=False))


def streams(pool, schema):
    """Subscriptions as server-sent events, with cursors from anywhere."""
    names = sorted(schema.types.subscription_type.fields) if schema.types.subscription_type else ["none"]

    def case(name, after, is_get):
        query = f"subscription ($after: String) {{ {name}(after: $after) {{ cursor }} }}"
        accept = {"accept": "text/event-stream"}
        if is_get:
            variables = quote(json.dumps({"after": after}), safe="")
            return Case("GET", f"/graphql?query={quote(query)}&variables={variables}"[:8000], accept, patience_s=0.15)
        body = json.dumps({"query": query, "variables": {"after": after}}).encode()
        return Case("POST", "/graphql", json_headers(**accept), body, patience_s=0.15)

    after = st.one_of(st.none(), pool.cursors_strategy(), values.texts())
    return st.builds(case, st.sampled_from(names), after, st.booleans())


def cursors(pool, schema):
    """Cursors of other lists, damaged and made up, with page sizes at the edges."""
    lists = sorted(name for name, field in schema.types.query_type.fields.items()
                   if {"after", "first"} <= set(field.args) and not any(
                       argument for argument in field.args.values() if str(argument.type).endswith("!")))

    def case(name, cursor, size, is_back):
        size_name, cursor_name = ("last", "before") if is_back and "last" in schema.types.query_type.fields[name].args else ("first", "after")
        query = f"query ($n: Int, $c: String) {{ {name}({size_name}: $n, {cursor_name}: $c) {{ pageInfo {{ endCursor hasNextPage }} }} }}"
        return Case("POST", "/graphql", json_headers(), json.dumps({"query": query, "variables": {"n": size, "c": cursor}}).encode())

    sizes = st.one_of(st.none(), st.integers(1, 200), st.sampled_from(values.INTEGERS + values.HUGE))
    return st.builds(case, st.sampled_from(lists), st.one_of(pool.cursors_strategy(), pool.ids_strategy()), sizes, st.booleans())


def frame(opcode, payload, is_masked=True, is_final=True, length=None):
    """A frame of RFC 6455, perhaps with a length that is a lie."""
    head = bytes([(0x80 if is_final else 0) | opcode])
    size = len(payload) if length is None else length
    mask = 0x80 if is_masked else 0
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += bytes([mask | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", size)
    return head + (b"\0\0\0\0" if is_masked else b"") + payload


def websockets(pool):
    """Websockets that open properly and then go wrong."""
    begin = frame(1, b'{"type":"connection_init"}')

    def message(value):
        return frame(1, json.dumps(value).encode())

    subscribe = st.builds(
        lambda id, query, after: message({"id": id, "type": "subscribe", "payload": {"query": query, "variables": {"after": after}}}),
        st.one_of(st.just("1"), values.texts().filter(lambda text: len(text) < 9000), st.integers()),
        st.sampled_from(["subscription ($after: String) { punchRecorded(after: $after) { cursor } }", "{ me { id } }", "{", "",
                         "mutation { siteCreate(input: {}) { status } }"]),
        st.one_of(pool.cursors_strategy(), st.none()).filter(lambda text: len(text or "") < 9000),
    )
    rubbish = st.one_of(
        st.sampled_from([
            begin, frame(1, b"\xff\xfe"), frame(1, b"{"), frame(2, b"\0" * 200), frame(1, b"x" * 70_000), frame(1, b"x", is_masked=False),
            frame(3, b""), frame(9, b"x" * 126), frame(9, b"ping"), frame(10, b""), frame(8, b""), frame(8, b"\x03"), frame(8, b"\xff\xff\xff"),
            frame(0, b"tail"), frame(1, b"{", is_final=False), frame(1, b"", length=2**63 - 1), frame(1, b"", length=2**40),
            b"\xff" * 20, message({"type": "ping"}), message({"type": "complete", "id": "1"}), message({"type": "subscribe", "id": "1"}),
            message({"type": None}), message([]), message({"type": "connection_init", "payload": {"x": [[]]}}),
        ]),
        subscribe, st.binary(max_size=60),
    )
    return st.builds(
        lambda is_begun, frames: Case("GET", "/graphql/ws", {
            "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "content-length": None,
            "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(), "sec-websocket-protocol": "graphql-transport-ws",
        }, patience_s=0.15, frames=[begin] * is_begun + frames),
        st.booleans(), st.lists(rubbish, min_size=1, max_size=4),
    )
