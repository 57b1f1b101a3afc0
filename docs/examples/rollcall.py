#!/usr/bin/env python3
"""A client of Rollcall in Python, standard library only.

ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… python3 rollcall.py days 2026-11-01 2026-11-30
… python3 rollcall.py follow [N]    prints punches as they happen; ends after N

What the hub refuses is printed with its code (docs/errors.md) and ends the client with status 1. When the hub is busy
or away, the client waits: `days` for at most a minute, `follow` for as long as it takes.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

DAYS = """query Days($from: Date!, $to: Date!, $after: String) {
  attendanceDays(first: 200, after: $after, filter: { from: $from, to: $to }) {
    nodes { workDate status employee { code } minutes { payable } }
    pageInfo { hasNextPage endCursor }
  }
}"""
FOLLOW = """subscription Follow($after: String) {
  punchRecorded(after: $after) { cursor resync punch { occurredAt direction employee { code } } }
}"""


# Codes that may be gone a moment later.
PASSING = {"RC429", "RC500", "RC504"}
TRIES = 6


class Refused(Exception):
    """The hub said no: another try would be refused as well."""


class Away(Exception):
    """The hub is busy or cannot be reached: worth another try, after `seconds`."""

    def __init__(self, reason, seconds):
        super().__init__(reason)
        self.seconds = seconds


def check(answer):
    """Raises for the errors of an answer or event."""
    errors = answer.get("errors") or []
    codes = {error.get("extensions", {}).get("code") for error in errors}
    text = "; ".join(f"{error.get('extensions', {}).get('code')}: {error['message']}" for error in errors)
    if codes & PASSING:
        raise Away(text, 1)
    if errors:
        raise Refused(text)


class Rollcall:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/") + "/graphql", token

    def _open(self, query, variables, accept, timeout):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Accept": accept}
        try:
            return urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=timeout)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            if error.code == 429 or error.code >= 500:
                raise Away(f"status {error.code}", int(error.headers.get("Retry-After", "1"))) from error
            try:
                check(json.loads(text))
            except ValueError:
                pass
            raise Refused(f"status {error.code}: {text}") from error
        except OSError as error:
            raise Away(str(error), 1) from error

    def ask(self, query, **variables):
        """The data of an operation; waits and tries again when the hub is busy or away."""
        for n in range(1, TRIES + 1):
            try:
                with self._open(query, variables, "application/json", 30) as response:
                    answer = json.load(response)
                check(answer)
                return answer["data"]
            except Away as away:
                if n == TRIES:
                    raise
                time.sleep(max(away.seconds, n))

    def days(self, first_date, last_date):
        """All attendance days, page by page."""
        after = None
        while True:
            page = self.ask(DAYS, **{"from": first_date, "to": last_date, "after": after})["attendanceDays"]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def follow(self):
        """Punches as they happen, for ever. After a break the cursor reads on without a gap."""
        after = None
        while True:
            seconds = 1
            try:
                # A comment comes every 15 seconds, so silence means that the connection is dead.
                with self._open(FOLLOW, {"after": after}, "text/event-stream", 60) as response:
                    for line in response:
                        if line.startswith(b"data: {"):
                            answer = json.loads(line[len("data: "):])
                            check(answer)
                            event = answer["data"]["punchRecorded"]
                            after = event["cursor"]
                            yield event
            except Away as away:
                print(f"connecting again: {away}", file=sys.stderr)
                seconds = away.seconds
            except (OSError, http.client.HTTPException) as error:
                print(f"connecting again: {error}", file=sys.stderr)
            time.sleep(seconds)


def main():
    rollcall = Rollcall(os.environ["ROLLCALL_URL"], os.environ["ROLLCALL_TOKEN"])
    match sys.argv[1:]:
        case ["days", first_date, last_date]:
            for day in rollcall.days(first_date, last_date):
                print(day["employee"]["code"], day["workDate"], day["status"], day["minutes"]["payable"], sep="\t")
        case ["follow", *rest]:
            for n, event in enumerate(rollcall.follow(), 1):
                punch = event["punch"]
                if punch:
                    print(punch["occurredAt"], punch["employee"]["code"], punch["direction"], sep="\t", flush=True)
                else:
                    print("read again:", event["resync"], flush=True)
                if rest and n >= int(rest[0]):
                    return
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except KeyError as error:
        sys.exit(f"set {error.args[0]}: see --help" if str(error.args[0]).startswith("ROLLCALL_") else repr(error))
    except (Refused, Away) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
