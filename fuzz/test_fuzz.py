"""Tests of the fuzzer: it sees what it is there to see, and has cases for everything in the committed schema. No hub.

    .rollcall/fuzz-venv/bin/python -m unittest discover -s fuzz
"""

import contextlib
import io
import json
import tempfile
import unittest
from datetime import date
from pathlib import Path

import graphql

import edge
import operations
import values
import verdict
from client import Answer, is_complete

SDL = Path(__file__).resolve().parent.parent / "graphql" / "schema.graphql"
OWN = values.base64url(b"user:00000000-0000-0000-0000-000000000001")
SESSION = values.base64url(b"session:00000000-0000-0000-0000-000000000002")
SITE = values.base64url(b"site:00000000-0000-0000-0000-000000000003")


class Hub:
    """Answers what the fuzzer asks for itself, from the committed schema."""

    def graphql(self, query, variables=None):
        if "__schema" in query:
            return self.answer(graphql.introspection_from_schema(graphql.build_schema(SDL.read_text())))
        ids = {"me": {"id": OWN}, "sessions": [{"id": SESSION, "isCurrent": True}], "sites": {"nodes": [{"id": SITE}]}}
        return self.answer(ids)

    def answer(self, data):
        return Answer(200, json.dumps({"data": data}).encode())

    def log_after(self, begin):
        return b""[begin:]


def answer(content, status=200):
    return Answer(status, json.dumps(content).encode())


def complaints(given):
    return " ".join(verdict.complain(given, given.codes()))


class Judging(unittest.TestCase):
    def test_what_must_not_happen_is_seen(self):
        def error(code, message="x"):
            return answer({"errors": [{"message": message, "extensions": {"code": code}}]})

        for given, expected in [
            (answer({"message": "x"}, 500), "status 500"),
            (answer({"message": "x"}, 503), "status 503"),
            (error("RC500"), "RC500"),
            (error("RC504"), "RC504"),
            (answer({"errors": [{"message": "x"}]}), "without a code"),
            (error("RC400", 'relation "punch" does not exist'), "inside of the hub"),
            (answer({"data": {"x": {"problems": [{"message": "violates unique constraint"}]}}}), "inside of the hub"),
            (answer({"message": "at src/main.rs:12"}, 400), "inside of the hub"),
        ]:
            self.assertIn(expected, complaints(given), given)

    def test_what_may_happen_is_no_complaint(self):
        for given in [
            answer({"data": None, "errors": [{"message": "select a site", "extensions": {"code": "RC400"}}]}),
            answer({"data": {"employee": {"displayName": 'relation "punch"'}}}),
            answer({"message": "the body must be JSON"}, 400),
            Answer(0, b""), Answer(200, b"<html>"), Answer(101, b"\x81\x02{}"),
        ]:
            self.assertEqual(complaints(given), "", given)

    def test_panics_and_errors_in_the_log_are_seen(self):
        log = "1 WARN x: slow\n2 ERROR rollcall_api: a request failed\nthread 'main' panicked at src/x.rs:1:2:\nno\n"
        self.assertEqual(len(list(verdict.log_complaints(log))), 2)
        self.assertEqual(list(verdict.log_complaints("1 WARN x: ERRORS\n")), [])

    def test_a_failure_is_kept_once_with_its_body_and_without_secrets(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            kept = verdict.Verdict(Hub(), Path(folder))
            for _ in range(2):
                kept.judge("unit", answer({}, 500), lambda: ("POST", "/graphql", {"x-rollcall-csrf": "1"}, b"{}"))
            [failure] = kept.failures.values()
            self.assertEqual(failure.n_times, 2)
            self.assertIn("failure-1.body", failure.reproduction)
            self.assertNotIn("rollcall_session", failure.reproduction)
            self.assertEqual(Path(folder, "failure-1.body").read_bytes(), b"{}")

    def test_an_answer_is_complete_at_its_length(self):
        self.assertFalse(is_complete(b"HTTP/1.1 200 OK\r\n"))
        self.assertFalse(is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nx"))
        self.assertTrue(is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nxy"))
        self.assertTrue(is_complete(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"))


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = values.Pool()
        cls.schema = operations.Schema(Hub(), cls.pool)
        cls.schema.refresh(Hub())

    def drawn(self, run):
        bodies = []
        run(bodies.append)
        self.assertTrue(bodies)
        return bodies

    def test_every_root_field_and_example_is_sent(self):
        self.assertEqual(self.schema.unusable, [])
        sent = {operation.label for operation in self.schema.operations} | set(self.schema.left_out)
        types = (self.schema.types.query_type, self.schema.types.mutation_type)
        self.assertEqual(sent, {f"{kind.name}.{field}" for kind in types for field in kind.fields})
        self.assertEqual(self.schema.left_out, [f"Mutation.{name}" for name in sorted(operations.NOT_SENT)])

    def test_documents_of_the_schema_are_valid_unless_on_purpose(self):
        for operation in self.schema.operations:
            for body in self.drawn(lambda send: self.schema.run(operation, 1, 0, 1, send)):
                document = graphql.parse(json.loads(body)["query"])
                self.assertEqual(graphql.validate(self.schema.types, document), [], operation.label)
        broken = self.drawn(lambda send: self.schema.run(self.schema.loaded["Query"]["site"], 8, 2, 1, send))
        parsed = [graphql.parse(json.loads(body)["query"]) for body in broken]
        self.assertTrue(any(graphql.validate(self.schema.types, document) for document in parsed))

    def test_examples_are_filled_and_the_same_seed_gives_the_same_cases(self):
        for example in self.schema.examples:
            def run(send):
                example.counter = iter(range(10**6))
                example.run(self.pool, 2, 0, 1, date(2026, 11, 20), date(2027, 11, 1), send)
            first = self.drawn(run)
            self.assertEqual(first, self.drawn(run), example.name)
            self.assertNotIn(b'"$', first[0], example.name)

    def test_every_kind_of_the_edge_has_cases(self):
        for name, strategy in edge.kinds(self.pool, self.schema).items():
            for case in self.drawn(lambda send: operations.run_cases(strategy, 5, name, send)):
                self.assertTrue(case.wire({"cookie": "x"}), name)

    def test_own_ids_are_never_in_the_pool(self):
        self.assertEqual(self.pool.hidden, {OWN, SESSION})
        self.assertEqual(self.pool.ids(), [SITE])

    def test_ids_are_known_by_the_names_of_arguments(self):
        pool = values.Pool()
        pool.by_kind = {"employee": ["e"], "rule_set": ["r"], "webhook_delivery": ["d"]}
        for name, expected in [("otherEmployeeId", "employee"), ("employeeIds", "employee"), ("ruleSetId", "rule_set"),
                               ("deliveryId", "webhook_delivery"), ("id", None), ("siteId", None)]:
            self.assertEqual(operations.kind_of_name(name, pool), expected, name)


if __name__ == "__main__":
    unittest.main()
