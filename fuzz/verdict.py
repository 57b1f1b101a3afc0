"""What must hold for every answer, and what is kept of those for which it does not.

Must not know how cases are made.
"""

import re
import shlex
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass

# What only somebody who reads our code or database should ever see. No case sends any of it.
LEAK = re.compile(
    r"violates \S+ constraint|SQLSTATE|db error|relation \"|column \"|syntax error at or near|invalid byte sequence"
    r"|\bselect\b.{1,200}\bfrom\b|\binsert into\b|panicked at|stack backtrace|\.rs:\d+|\brollcall_(api|owner|worker)\b"
    r"|deadpool|tokio",
    re.IGNORECASE | re.DOTALL,
)
UNEXPECTED_CODES = {"RC500": "our fault", "RC504": "took too long", "none": "an error without a code"}
MAX_SHOWN = 25


@dataclass
class Failure:
    """A case for which something did not hold."""

    unit: str
    complaint: str
    reproduction: str
    log: str
    n_times: int = 1


class Verdict:
    """Counts cases and keeps failures, those of a kind once."""

    def __init__(self, hub, out):
        self.hub = hub
        self.out = out
        self.n_cases = Counter()
        self.statuses = Counter()
        self.codes = Counter()
        self.by_unit = defaultdict(Counter)
        self.failures = {}
        self.log_seen = len(hub.log_after(0))

    def judge(self, unit, answer, reproduce, is_complete=True):
        """Counts the answer to a case of `unit`; `reproduce` gives method, path, headers and body when it failed."""
        self.n_cases[unit] += 1
        self.statuses[answer.status] += 1
        codes = answer.codes()
        outcome = {0: "closed", 200: "data"}.get(answer.status, answer.status)
        self.by_unit[unit].update(codes or [outcome])
        self.codes.update(codes)
        complaints = list(complain(answer, codes))
        if answer.status == 0 and is_complete:
            complaints.append("a complete request was not answered")
        log = self.new_log()
        complaints += log_complaints(log)
        for complaint in complaints:
            self.fail(unit, complaint, reproduce, log)

    def fail(self, unit, complaint, reproduce=None, log=""):
        key = (unit, re.sub(r"\d+", "#", complaint)[:120])
        if key in self.failures:
            self.failures[key].n_times += 1
            return
        where = curl(self.out, len(self.failures) + 1, *reproduce()) if reproduce else ""
        self.failures[key] = Failure(unit, complaint, where, log.strip())
        print(f"  failure {len(self.failures)}: {unit}: {complaint[:200]}", flush=True)

    def new_log(self):
        """What the hub wrote since the last look."""
        log = self.hub.log_after(self.log_seen)
        self.log_seen += len(log)
        return log.decode(errors="replace")

    def report(self, is_verbose):
        """Prints the figures and the failures."""
        if is_verbose:
            for unit, n in sorted(self.n_cases.items()):
                outcomes = ", ".join(f"{kind} {times}" for kind, times in sorted(
                    self.by_unit[unit].items(), key=lambda item: str(item[0])))
                print(f"  {unit:<44} {n:>5} cases: {outcomes}")
        shown = lambda counter: ", ".join(f"{kind}: {n}" for kind, n in sorted(counter.items(), key=lambda i: str(i[0])))
        print(f"cases: {sum(self.n_cases.values())} of {len(self.n_cases)} kinds")
        print(f"statuses (0: closed without an answer): {shown(self.statuses)}")
        print(f"codes of errors: {shown(self.codes)}")
        for n, failure in enumerate(list(self.failures.values())[:MAX_SHOWN], 1):
            print(f"\nfailure {n}: {failure.unit}, {failure.n_times} times: {failure.complaint}", file=sys.stderr)
            if failure.reproduction:
                print(f"  {failure.reproduction}", file=sys.stderr)
            for line in failure.log.splitlines()[:12]:
                print(f"  hub: {line[:600]}", file=sys.stderr)
        if len(self.failures) > MAX_SHOWN:
            print(f"\n… and {len(self.failures) - MAX_SHOWN} more failures", file=sys.stderr)


def complain(answer, codes):
    if answer.status >= 500:
        yield f"status {answer.status}: {answer.body[:200].decode(errors='replace')}"
    for code in sorted(set(codes) & set(UNEXPECTED_CODES)):
        yield f"{code} ({UNEXPECTED_CODES[code]})"
    for text in texts_for_people(answer):
        if found := LEAK.search(text):
            yield f"a message shows what is inside of the hub (`{found[0][:80]}`): {text[:200]}"


def texts_for_people(answer):
    """Messages of errors and problems; of an answer that is none of GraphQL, all of it."""
    content = answer.json()
    if answer.status >= 400 and not (isinstance(content, dict) and "errors" in content):
        yield answer.body[:4000].decode(errors="replace")
        return
    waiting = [content] if isinstance(content, (dict, list)) else []
    while waiting:
        value = waiting.pop()
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, (dict, list)):
                waiting.append(inner)
            elif isinstance(inner, str) and name in ("message", "hint"):
                yield inner


def log_complaints(log):
    """Panics, and errors: in the hub's log an error is what somebody must look into."""
    if "panicked at" in log:
        yield "panic: " + log[log.index("panicked at"):][:160].replace("\n", " ")
    for line in log.splitlines():
        if " ERROR " in line:
            yield "the hub logged an error: " + line.split(" ERROR ", 1)[1][:160]


def curl(out, n, method, path, headers, body):
    """A line that sends the case again; the body is beside it, credentials are named and not shown."""
    parts = ["curl", "-sS", "-X", method]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    if body:
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"failure-{n}.body"
        file.write_bytes(body)
        parts += ["--data-binary", f"@{file}"]
    line = " ".join(map(shlex.quote, parts))
    # The URL is the reader's hub, and `cookie` is what `curl -c cookie … /session` wrote (docs/api.md).
    return f'{line} -b cookie "$ROLLCALL_URL"{shlex.quote(path)}'
