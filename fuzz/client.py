"""What talks to the hub, and the only place that knows credentials.

Must not know what makes a good case.
"""

import http.client
import json
import socket
from dataclasses import dataclass, field

TIMEOUT_S = 40
# A request without an answer for this long may lack an end; the hub's slowest answers take longer only by far.
INCOMPLETE_PATIENCE_S = 0.4
MAX_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass
class Answer:
    """What came back. Status 0: the connection was closed without an answer."""

    status: int
    body: bytes
    headers: dict = field(default_factory=dict)

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def codes(self):
        """The codes of its GraphQL errors."""
        answer = self.json()
        errors = answer.get("errors") if isinstance(answer, dict) else None
        return [(error.get("extensions") or {}).get("code", "none") for error in errors or []]


class NoAnswer(Exception):
    """The hub neither answered nor closed the connection."""


class Client:
    """A user of the hub."""

    def __init__(self, port, email, password):
        self.port = port
        self.email = email
        self.password = password
        self.cookie = None
        self.connection = None

    def log_in(self):
        self.cookie = None
        body = json.dumps({"email": self.email, "password": self.password}).encode()
        answer = self.request("POST", "/session", body)
        if answer.status != 204:
            raise NoAnswer(f"log-in was answered with status {answer.status}: {answer.body[:300]!r}")
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def credentials(self):
        """Headers that say who asks, and that no form of another site asks."""
        return {"x-rollcall-csrf": "1"} | ({"cookie": self.cookie} if self.cookie else {})

    def graphql(self, query, variables=None):
        return self.request("POST", "/graphql", graphql_body(query, variables))

    def request(self, method, path, body=None, headers=None):
        """A proper request over a connection that stays open."""
        headers = {"content-type": "application/json"} | self.credentials() | (headers or {})
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                names = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, response.read(MAX_ANSWER_BYTES), names)
            except TimeoutError:
                self.connection.close()
                self.connection = None
                raise NoAnswer(f"no answer within {TIMEOUT_S} s") from None
            except (http.client.HTTPException, OSError) as error:
                # The hub may close a connection that was idle; it may not do so twice.
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise NoAnswer(f"the connection broke: {error!r}") from None

    def raw(self, data, patience_s=None):
        """Sends bytes as they are and reads the answer to the first request in them.

        `patience_s`: an answer that begins but does not end within this long is taken as it is. To requests that are
        not complete the hub says nothing; after a while it is told that nothing more comes, and must close.
        """
        try:
            stream = socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S)
        except OSError as error:
            raise NoAnswer(f"no connection: {error!r}") from None
        with stream:
            try:
                stream.sendall(data)
            except OSError:
                # It may answer and close before it has read everything.
                pass
            return read_answer(stream, patience_s)


def graphql_body(query, variables=None):
    body = {"query": query}
    if variables is not None:
        body["variables"] = variables
    return json.dumps(body).encode()


def read_answer(stream, patience_s):
    received = b""
    is_told = False
    try:
        while not is_complete(received) and len(received) < MAX_ANSWER_BYTES:
            has_begun = b"\r\n\r\n" in received
            stream.settimeout((patience_s if has_begun else INCOMPLETE_PATIENCE_S if not is_told else None) or TIMEOUT_S)
            try:
                more = stream.recv(65536)
            except TimeoutError:
                if has_begun and patience_s:
                    break
                if is_told:
                    raise NoAnswer(f"neither an answer nor an end within {TIMEOUT_S} s") from None
                is_told = True
                stream.shutdown(socket.SHUT_WR)
                continue
            if not more:
                break
            received += more
    except OSError:
        # Reset: it had enough of us.
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    parts = head.split(b" ", 2)
    is_http = head.startswith(b"HTTP/1.") and len(parts) > 1 and parts[1][:3].isdigit()
    return Answer(int(parts[1][:3]) if is_http else 0, body)


def is_complete(received):
    """Whether an answer with a length is all there; others end with the connection."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
        if line.startswith(b"transfer-encoding:") and b"chunked" in line:
            return body.endswith(b"0\r\n\r\n")
    return head.startswith((b"HTTP/1.1 204", b"HTTP/1.1 304"))
