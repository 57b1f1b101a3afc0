"""Values that are likely to break something: edges of types, things that exist, and things that almost exist.

Must not know which operation they are for.
"""

import base64
import json
import re
import uuid
from datetime import date, datetime

from hypothesis import strategies as st

TEXTS = [
    "", " ", "\0", "a\0b", "\t\r\n", "\u202eabc", "\ufeff", "\uffff", "é" * 200, "\U0001f600" * 300, "x" * 300, "x" * 5000,
    "x" * 70_000, "' or 1=1 --", "'; drop table punch; --", "%", "_", "\\", "$1", "{}", "[]", "null", "NaN", "Infinity",
    "-1", "0", "1e999", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "=1+1", "F1", "Person F1", "Berlin",
    "Europe/Berlin", "America/New_York", "Mars/Olympus", "09:00", "24:00", "owner@fuzz.example", "http://127.0.0.1:1/",
    "https://payroll.invalid/hooks", "https://user:pass@payroll.invalid:99999/", "https://[::1]/",
    # What has a meaning in regular expressions, patterns of `like`, JSON, arrays and ranges of PostgreSQL.
    "(a+)+$", "%%%%%%%%%%%%", "{1,2,NULL}", "[2026-01-01,)", "\\x00", "\\u0000",
]
DATES = [
    "2026-11-20", "2026-11-01", "2026-11-30", "2026-02-29", "2024-02-29", "2026-02-30", "0000-01-01", "0001-01-01",
    "9999-12-31", "9999-12-30", "10000-01-01", "-9999-01-01", "-009999-01-01", "1900-01-01", "2100-12-31", "", "today",
    "2026-11-20T00:00:00",
]
INSTANTS = [
    "2026-11-20T09:00:00Z", "2026-11-20T09:00:00+01:00", "2026-10-25T02:30:00+02:00", "2026-11-20T09:00:60Z",
    "2026-11-20T09:00:00.999999999Z", "0000-01-01T00:00:00Z", "-004800-01-01T00:00:00Z", "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00Z", "9999-12-31T23:59:59Z", "+010000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "infinity",
    "-infinity", "", "2026-11-20", "2026-11-20T09:00:00", "2026-11-20T09:00:00+25:99",
]
LOCAL_TIMES = ["2026-03-29T02:30", "2026-10-25T02:30", "2026-11-20T09:00:00", "0000-01-01T00:00", "9999-12-31T23:59"]
INTEGERS = [-(2**31), -1441, -1, 0, 1, 2, 7, 50, 199, 200, 201, 1439, 1440, 1441, 32767, 32768, 65536, 2**31 - 1]
HUGE = [2**31, 2**32, 2**53 + 1, 2**63, 10**30, -(10**30)]
FLOATS = [0.0, -0.0, 0.5, -1.0, 1e-320, 1e15, 1e308, -1e308, 90.0, 90.0000001, -180.0, 180.1]


class Pool:
    """Ids and cursors that the hub gave out."""

    def __init__(self):
        self.by_kind = {}
        self.cursors = []
        # Ids that no case may name.
        self.hidden = set()

    def add(self, value):
        """Takes what is an id or a cursor out of a piece of an answer."""
        waiting = [value]
        while waiting:
            value = waiting.pop()
            for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(inner, (dict, list)):
                    waiting.append(inner)
                elif name == "id" and isinstance(inner, str) and (kind := kind_of(inner)):
                    known = self.by_kind.setdefault(kind, [])
                    if inner not in known and inner not in self.hidden:
                        known.append(inner)
                elif name in ("cursor", "endCursor") and isinstance(inner, str) and inner not in self.cursors:
                    self.cursors.append(inner)
        del self.cursors[:-60]

    def ids(self):
        return [id for known in self.by_kind.values() for id in known[-20:]]

    def ids_strategy(self):
        """Ids that exist, of whatever kind, and ids that do not."""
        known = self.ids()
        forged = [forge(kind) for kind in self.by_kind]
        choices = [st.sampled_from(known or forged or [""]), st.sampled_from(forged or [""])]
        return st.one_of(*choices, st.sampled_from(known or [""]).flatmap(damaged), texts())

    def cursors_strategy(self):
        known = st.sampled_from(self.cursors or [""])
        return st.one_of(known, known.flatmap(damaged), st.sampled_from(FORGED_CURSORS))


def kind_of(id):
    """The kind in an id (`kind:key` in base64url); none when it is not one."""
    found = re.match(rb"([a-z_]+):", unbase64(id))
    return found[1].decode() if found else None


def forge(kind):
    """An id of the right form of something that does not exist."""
    return base64url(f"{kind}:{uuid.UUID(int=7)}".encode())


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text):
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


FORGED_CURSORS = [
    base64url(json.dumps(value).encode()) for value in
    [None, 0, [], {}, "x", [1, 2, 3], [None, None], {"k": None}, ["2026-11-20T00:00:00Z", "\0"], [[[[[]]]]], [10**30]]
] + [base64url(b"\xff\xfe\x00"), base64url(b""), base64url(b"[" * 5000), "=", "A", "A" * 10_000]


@st.composite
def damaged(draw, text):
    """An id or cursor in which something inside of the base64 is changed."""
    data = bytearray(unbase64(text))
    if not data:
        return draw(texts())
    place = draw(st.integers(0, len(data) - 1))
    how = draw(st.sampled_from(["byte", "cut", "insert", "date"]))
    if how == "byte":
        data[place] = draw(st.integers(0, 255))
    elif how == "cut":
        del data[place:]
    elif how == "insert":
        data[place:place] = draw(st.sampled_from([b"\0", b"-", b"9" * 30, b'"', b":", b"\xff"]))
    else:
        far = draw(st.sampled_from([b"9999-12-31", b"0000-01-01", b"2026-13-45", b"-9999-1-1"]))
        data = bytearray(re.sub(rb"\d{4}-\d\d-\d\d(?!-)|[^:,]{1,36}$", far, bytes(data), count=1))
    return base64url(bytes(data))


def texts():
    return st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))


def dates():
    likely = st.dates(date(2026, 10, 1), date(2027, 1, 31)).map(str)
    return st.one_of(likely, likely, st.sampled_from(DATES), st.dates().map(str))


def instants():
    likely = st.datetimes(datetime(2026, 10, 1), datetime(2027, 1, 31)).map(lambda at: at.isoformat() + "Z")
    return st.one_of(likely, likely, st.sampled_from(INSTANTS), st.datetimes().map(lambda at: at.isoformat() + "Z"))


def integers():
    return st.one_of(st.integers(1, 100), st.sampled_from(INTEGERS), st.integers(0, 3000), st.integers(-(2**31), 2**31 - 1))


def floats():
    return st.one_of(st.sampled_from(FLOATS), st.floats(allow_nan=False, allow_infinity=False))


def anything(pool):
    """A value of JSON, of whatever type. A lone surrogate is what JSON can write and UTF-8 cannot."""
    simple = st.one_of(
        texts(), dates(), instants(), integers(), floats(), pool.ids_strategy(), pool.cursors_strategy(),
        st.sampled_from(LOCAL_TIMES + HUGE + [None, True, False, "\ud800"]),
    )
    return st.one_of(simple, simple, st.lists(simple, max_size=4), st.just([[[]]]),
                     st.dictionaries(st.sampled_from(["id", "from", "x", "__proto__"]), simple, max_size=2))


def alike(value, pool):
    """A hostile value of the type that `value` has."""
    if isinstance(value, bool) or value is None:
        return anything(pool)
    if isinstance(value, (int, float)):
        return st.one_of(integers(), integers(), floats(), st.sampled_from(HUGE))
    if isinstance(value, str):
        if kind_of(value):
            same = st.sampled_from(pool.by_kind.get(kind_of(value)) or [value])
            return st.one_of(same, pool.ids_strategy())
        if re.match(r"\d{4}-\d\d-\d\dT.*Z", value):
            return instants()
        if re.match(r"\d{4}-\d\d-\d\dT", value):
            return st.one_of(st.sampled_from(LOCAL_TIMES), instants())
        if re.match(r"\d{4}-\d\d-\d\d$", value):
            return dates()
        return texts()
    if isinstance(value, list):
        return st.sampled_from([[], value * 2, value * 300, [value], [None], value + [None]])
    without = [{name: inner for name, inner in value.items() if name != left_out} for left_out in value]
    return st.sampled_from(without + [{}, value | {"unknown": 1}])
