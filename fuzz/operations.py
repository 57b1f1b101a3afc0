"""Cases for the GraphQL schema.

Two sources. schemathesis draws documents from the schema alone, valid ones and ones with a violation. The cookbook
(`graphql/operations`) has documents that make sense, with variables of which some are replaced: these get further.

Must not know how an answer is judged.
"""

import copy
import itertools
import json
import re
import zlib
from pathlib import Path

import graphql
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.graphql import nodes

import values
from client import graphql_body

COOKBOOK = Path(__file__).resolve().parent.parent / "graphql" / "operations"
# Would lock the fuzzer's own account after some wrong passwords. What could end its session or its rights (`sessionRevoke`,
# `userDeactivate`, `userUpdate`) is sent, but never gets its own ids: they are hidden from the pool.
NOT_SENT = {"passwordChange"}
# Kinds of ids whose name in arguments is another one.
KINDS = {"delivery": "webhook_delivery", "job": "enrolment_job"}


def run_cases(strategy, n_cases, seed_text, send):
    """Draws cases and sends them. Nothing is shrunk: the hub has a memory, the same case twice is another case."""

    @seed(zlib.crc32(seed_text.encode()))
    @settings(
        max_examples=n_cases, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(case):
        send(case)

    run()


class Schema:
    """The hub's schema, as schemathesis and the cookbook use it."""

    def __init__(self, client, pool):
        self.pool = pool
        answer = client.graphql(graphql.get_introspection_query())
        self.loaded = schemathesis.graphql.from_dict(answer.json()["data"])
        self.types = self.loaded.client_schema
        found = [result.ok() for result in self.loaded.get_all_operations()]
        self.operations = [operation for operation in found if operation.label.split(".")[1] not in NOT_SENT]
        self.left_out = sorted(operation.label for operation in found if operation not in self.operations)
        self.examples, self.unusable = read_cookbook(self.types)
        self.lists = list_queries(self.types)
        self.hide_own_ids(client)

    def hide_own_ids(self, client):
        """Keeps the fuzzer's own user and session out of the pool."""
        own = "{ me { id }" + (" sessions { id isCurrent }" if "sessions" in self.types.query_type.fields else "") + " }"
        found = client.graphql(own).json()["data"]
        sessions = [session["id"] for session in found.get("sessions", []) if session["isCurrent"]]
        self.pool.hidden = {found["me"]["id"], *sessions}

    def refresh(self, client):
        """Looks for ids and cursors, and lets schemathesis draw from them."""
        for query in self.lists:
            self.pool.add(client.graphql(query).json() or {})
        string = nodes.String
        scalar = schemathesis.graphql.scalar
        scalar("ID", self.pool.ids_strategy().map(string))
        scalar("String", st.one_of(values.texts(), values.texts(), self.pool.cursors_strategy()).map(string))
        scalar("Date", values.dates().map(string))
        scalar("DateTime", values.instants().map(string))
        scalar("Int", values.integers().map(nodes.Int))
        scalar("Upload", st.just(nodes.String("0")))

    def run(self, operation, n_cases, round_number, seed_number, send):
        """Cases of one root field; every third round breaks the schema's rules on purpose."""
        is_negative = round_number % 3 == 2
        mode = GenerationMode.NEGATIVE if is_negative else GenerationMode.POSITIVE
        drawn = operation.as_strategy(generation_mode=mode).map(lambda case: case.body)
        strategy = drawn if is_negative else tamed(drawn, self.pool)
        run_cases(strategy.map(graphql_body), n_cases, f"{seed_number}:{round_number}:{operation.label}", send)


class Tamer(graphql.Visitor):
    """Makes a drawn document likelier to be executed: one wrong argument of ten would end it."""

    def __init__(self, draw, pool):
        super().__init__()
        self.draw = draw
        self.pool = pool

    def enter_argument(self, node, *_):
        return self.tame(node)

    def enter_object_field(self, node, *_):
        return self.tame(node)

    def tame(self, node):
        name = node.name.value
        is_list = isinstance(node, graphql.ArgumentNode) and name in ("first", "last", "after", "before")
        if is_list and self.draw(st.integers(0, 7)):
            return graphql.REMOVE
        known = self.pool.by_kind.get(kind_of_name(name, self.pool))
        if known and self.draw(st.integers(0, 3)) and isinstance(node.value, graphql.StringValueNode):
            value = nodes.String(self.draw(st.sampled_from(known)))
            return type(node)(name=node.name, value=value)
        return None


@st.composite
def tamed(draw, documents, pool):
    """Drawn documents, mostly with pages that exist and ids of the kind that the argument's name says."""
    return graphql.print_ast(graphql.visit(graphql.parse(draw(documents)), Tamer(draw, pool)))


def kind_of_name(name, pool):
    """The kind of thing in the name of an argument or placeholder: `otherEmployeeId` is an employee. None: no kind."""
    words = re.sub("_ids?$", "", re.sub("([A-Z])", r"_\1", name).lower()).split("_")
    # The longest ending that is a kind.
    for n in range(len(words)):
        kind = "_".join(words[n:])
        if KINDS.get(kind, kind) in pool.by_kind:
            return KINDS.get(kind, kind)
    return None


class Example:
    """An operation of the cookbook."""

    counter = itertools.count(1)

    def __init__(self, name, text, variables):
        self.name = name
        self.text = text
        self.variables = variables

    def filled(self, pool, today, begin):
        """Its variables with things that exist."""

        def fill(value):
            if isinstance(value, dict):
                return {name: fill(inner) for name, inner in value.items()}
            if isinstance(value, list):
                return [fill(inner) for inner in value]
            if not isinstance(value, str) or "$" not in value:
                # Nothing is ever looked up or delivered outside.
                return value.replace("example.org", "example.invalid") if isinstance(value, str) else value
            if "$unique" in value:
                return value.replace("$unique", str(next(self.counter))).replace("example.org", "example.invalid")
            return {"$date": str(today), "$periodFrom": str(begin), "$picture": None, "$sheet": None}.get(value, self.thing(value, pool))

        return fill(self.variables)

    def thing(self, placeholder, pool):
        kind = kind_of_name(placeholder[1:], pool)
        # Of a kind of which there are only those that no case may name, nothing exists.
        known = pool.by_kind.get(kind)
        if not known:
            return values.forge(kind or placeholder[1:].lower())
        return known[next(self.counter) % len(known)]

    def run(self, pool, n_cases, round_number, seed_number, today, begin, send):
        """The example with some of its variables replaced; in the first round also as it is."""
        filled = self.filled(pool, today, begin)
        if round_number == 0:
            send(graphql_body(self.text, filled))
        run_cases(replaced(filled, pool).map(lambda variables: graphql_body(self.text, variables)), n_cases,
                  f"{seed_number}:{round_number}:{self.name}", send)


def read_cookbook(schema):
    """The examples, and the names of those that the hub's schema does not know."""
    examples, unusable = [], []
    for path in sorted(COOKBOOK.glob("*.graphql")):
        text = path.read_text()
        marked = [line for line in text.splitlines() if line.startswith("# variables:")]
        variables = json.loads(marked[0].split(":", 1)[1]) if marked else {}
        document = graphql.parse(text)
        operation = document.definitions[0]
        fields = {selection.name.value for selection in operation.selection_set.selections}
        if operation.operation is graphql.OperationType.SUBSCRIPTION or fields & NOT_SENT:
            continue
        if graphql.validate(schema, document):
            unusable.append(path.stem)
        else:
            examples.append(Example(path.stem, graphql.print_ast(document), variables))
    return examples, unusable


def list_queries(schema):
    """A query for the ids and cursors of every list."""
    queries = []
    for name, field in schema.query_type.fields.items():
        node = field.type
        kind = graphql.get_named_type(node)
        arguments = {}
        for argument, definition in field.args.items():
            if graphql.is_required_argument(definition):
                wanted = graphql.get_named_type(definition.type).name
                arguments[argument] = {"Date": '"2026-11-01"', "DateTime": '"2026-11-01T00:00:00Z"'}.get(wanted)
        if None in arguments.values() or not isinstance(kind, graphql.GraphQLObjectType):
            continue
        given_arguments = ", ".join(f"{argument}: {value}" for argument, value in arguments.items())
        call = f"{name}({given_arguments})" if given_arguments else name
        if kind.name.endswith("Connection") and "nodes" in kind.fields:
            item = graphql.get_named_type(kind.fields["nodes"].type)
            if "id" in item.fields:
                queries.append(f"{{ {call} {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ endCursor }} }} }}")
        elif "id" in kind.fields:
            queries.append(f"{{ {call} {{ id }} }}")
    return queries


def places(value, path=()):
    """Paths of all values inside of `value`."""
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, name)
        if isinstance(inner, (dict, list)):
            yield from places(inner, (*path, name))


@st.composite
def replaced(draw, variables, pool):
    """The variables with one to three of their values replaced, or with one more."""
    changed = copy.deepcopy(variables)
    for _ in range(draw(st.integers(1, 3))):
        known = list(places(changed))
        if not known or draw(st.integers(0, 9)) == 0:
            changed[draw(st.sampled_from(["first", "last", "after", "before", "filter", "orderBy", "input", "id"]))] = draw(
                values.anything(pool))
            continue
        path = draw(st.sampled_from(known))
        holder = changed
        for name in path[:-1]:
            holder = holder[name]
        strategy = st.one_of(*[values.alike(holder[path[-1]], pool)] * 3, values.anything(pool))
        holder[path[-1]] = draw(strategy)
    return changed
