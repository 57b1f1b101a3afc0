#!/usr/bin/env python3
"""A client of Rollcall in Python, standard library only.

ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… python3 rollcall.py days 2026-11-01 2026-11-30
… python3 rollcall.py follow [N]    prints punches as they happen; ends after N
"""

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


class Rollcall:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/") + "/graphql", token

    def _open(self, query, variables, accept, timeout):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Accept": accept}
        return urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=timeout)

    def ask(self, query, **variables):
        """The data of an operation; waits and tries again when the hub says that it is too much."""
        while True:
            try:
                with self._open(query, variables, "application/json", 30) as response:
                    answer = json.load(response)
            except urllib.error.HTTPError as error:
                if error.code == 429:
                    time.sleep(int(error.headers.get("Retry-After", "1")))
                    continue
                raise RuntimeError(f"{error.code}: {error.read().decode()}") from error
            if answer.get("errors"):
                raise RuntimeError("; ".join(f"{e['extensions']['code']}: {e['message']}" for e in answer["errors"]))
            return answer["data"]

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
            try:
                # A comment comes every 15 seconds, so silence means that the connection is dead.
                with self._open(FOLLOW, {"after": after}, "text/event-stream", 60) as response:
                    for line in response:
                        if line.startswith(b"data: {"):
                            event = json.loads(line[len("data: "):])["data"]["punchRecorded"]
                            after = event["cursor"]
                            yield event
            except OSError as error:
                print(f"connecting again: {error}", file=sys.stderr)
            time.sleep(1)


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
    except RuntimeError as error:
        sys.exit(str(error))
