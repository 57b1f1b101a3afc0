#!/usr/bin/env python3
"""Fuzzes the hub's HTTP edge for a bounded time: `make fuzz`.

    python fuzz/fuzz.py --hub target/debug/rollcall --seconds 45 --seed 1

Starts a hub of its own and sends it hostile but reproducible requests: the files beside this one say which.
What must hold: never a status of 500 or more, never `RC500` or `RC504`, nothing of our inside in a message, no panic and no
error in the hub's log, and at the end a hub that is ready, answers and has not grown out of bounds.
"""

import argparse
import sys
import time
import zlib
from datetime import date, timedelta
from pathlib import Path

import edge
from client import Client, NoAnswer
from hub import Hub, HubError
from operations import Schema, run_cases
from values import Pool
from verdict import Verdict

MAX_MEMORY_MIB = 2048
# Cases of a kind in a round.
N_SCHEMA, N_EXAMPLE, N_EDGE = 2, 3, 12


class Run:
    """One run: rounds over all kinds of cases until the time is over. The first round is always finished."""

    def __init__(self, hub, client, arguments):
        self.hub = hub
        self.client = client
        self.seed = arguments.seed
        self.only = arguments.only
        self.deadline = time.monotonic() + arguments.seconds
        self.verdict = Verdict(hub, arguments.out)
        self.pool = Pool()
        self.schema = Schema(client, self.pool)
        self.n_log_ins = 0

    def units(self, round_number):
        """What a round does: names and functions."""
        end = date.today() - timedelta(days=2)
        begin = end.replace(day=1) + timedelta(days=365)
        for name, strategy in edge.kinds(self.pool, self.schema).items():
            unit = f"edge {name}"
            yield unit, lambda unit=unit, strategy=strategy: run_cases(
                strategy, N_EDGE, f"{self.seed}:{round_number}:{unit}", lambda case: self.send_raw(unit, case))
        for operation in self.schema.operations:
            unit = f"schema {operation.label}"
            yield unit, lambda unit=unit, operation=operation: self.schema.run(
                operation, N_SCHEMA, round_number, self.seed, lambda body: self.send(unit, body))
        for example in self.schema.examples:
            unit = f"example {example.name}"
            yield unit, lambda unit=unit, example=example: example.run(
                self.pool, N_EXAMPLE, round_number, self.seed, end, begin, lambda body: self.send(unit, body))

    def rounds(self):
        """Runs all units over and over; another order each time, so that none is always last."""
        round_number = 0
        while round_number == 0 or time.monotonic() < self.deadline:
            self.schema.refresh(self.client)
            units = [unit for unit in self.units(round_number) if not self.only or self.only in unit[0]]
            units.sort(key=lambda unit: zlib.crc32(f"{self.seed}:{round_number}:{unit[0]}".encode()))
            for _, run in units:
                if round_number > 0 and time.monotonic() > self.deadline:
                    break
                run()
            round_number += 1
            print(f"  round {round_number}: {sum(self.verdict.n_cases.values())} cases, "
                  f"{len(self.verdict.failures)} failures, {len(self.pool.ids())} ids", flush=True)
            if not units:
                raise HubError(f"there is no kind of case with `{self.only}` in its name")

    def send(self, unit, body):
        reproduce = lambda: ("POST", "/graphql", {"content-type": "application/json", "x-rollcall-csrf": "1"}, body)
        try:
            answer = self.client.request("POST", "/graphql", body)
        except NoAnswer as error:
            self.not_answered(unit, error, reproduce)
            return
        self.verdict.judge(unit, answer, reproduce)
        if "RC401" in answer.codes():
            # Some case ended our session, against what is intended: the rest would say nothing but this.
            self.n_log_ins += 1
            self.client.log_in()
            self.schema.hide_own_ids(self.client)

    def send_raw(self, unit, case):
        def reproduce():
            shown = {name: value.decode("latin-1") if isinstance(value, bytes) else value
                     for name, value in case.headers.items() if value is not None}
            return case.method, case.path, shown, case.data or b"".join([case.body, *case.frames])

        data = case.wire(self.client.credentials()) + b"".join(case.frames)
        try:
            answer = self.client.raw(data, case.patience_s)
        except NoAnswer as error:
            self.not_answered(unit, error, reproduce)
            return
        # Strange headers may say that more is to come.
        self.verdict.judge(unit, answer, reproduce, is_complete=unit not in ("edge bytes", "edge headers"))

    def not_answered(self, unit, error, reproduce):
        self.verdict.fail(unit, str(error), reproduce, self.verdict.new_log())
        if not self.hub.is_running():
            raise error


def check_end(hub, client, verdict):
    """The hub after all of it."""
    if not hub.is_running():
        verdict.fail("end", f"the hub ended with status {hub.process.returncode}", None, verdict.new_log())
        return
    try:
        ready = client.request("GET", "/readyz")
        if ready.status != 200:
            verdict.fail("end", f"the hub is not ready: {ready.status} {ready.body!r}")
        answer = client.graphql("{ me { email } }")
        if answer.status != 200 or answer.codes():
            verdict.fail("end", f"the hub does not answer its owner any more: {answer.status} {answer.body[:200]!r}")
    except NoAnswer as error:
        verdict.fail("end", str(error))
    for complaint in verdict_of_memory(hub):
        verdict.fail("end", complaint)


def verdict_of_memory(hub):
    peak = hub.peak_memory_mib()
    print(f"peak memory of the hub (VmHWM): {peak:.0f} MiB of at most {MAX_MEMORY_MIB}")
    if peak > MAX_MEMORY_MIB:
        yield f"the hub took {peak:.0f} MiB of memory"


def main():
    parser = argparse.ArgumentParser(prog="fuzz.py", description="Fuzz the hub's HTTP edge for a bounded time.")
    parser.add_argument("--hub", required=True, help="program `rollcall`")
    parser.add_argument("--seconds", type=float, default=45, help="time for sending cases")
    parser.add_argument("--seed", default="1", help="another seed gives other cases")
    parser.add_argument("--only", help="only kinds of cases with this in their name, for example `shiftCreate`")
    parser.add_argument("--out", type=Path, default=Path("target/fuzz"), help="folder for the bodies of failed cases")
    parser.add_argument("--verbose", action="store_true", help="also print what each kind of case came to")
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        with Hub(arguments.hub) as hub:
            client = Client(hub.port, *hub.fill())
            client.log_in()
            print(f"  hub with a small organisation: {time.monotonic() - began:.0f} s; seed {arguments.seed}", flush=True)
            run = Run(hub, client, arguments)
            if run.schema.unusable:
                print(f"  examples that this hub's schema does not know, left out: {', '.join(run.schema.unusable)}")
            begin_mib = hub.peak_memory_mib()
            try:
                run.rounds()
            except NoAnswer:
                # The hub is gone; `check_end` says so.
                pass
            print(f"seed {arguments.seed}, {time.monotonic() - began:.0f} s; not sent: "
                  f"{', '.join(run.schema.left_out) or 'nothing'}; logged in again {run.n_log_ins} times")
            print(f"memory of the hub before: {begin_mib:.0f} MiB")
            check_end(hub, client, run.verdict)
            run.verdict.report(arguments.verbose)
    except (HubError, NoAnswer) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if run.verdict.failures:
        print(f"\nerror: {len(run.verdict.failures)} kinds of failures", file=sys.stderr)
        return 1
    print("nothing failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
