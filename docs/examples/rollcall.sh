#!/usr/bin/env bash
# A client of Rollcall in bash: curl and jq.
#   ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… ./rollcall.sh days 2026-11-01 2026-11-30
#   … ./rollcall.sh follow [N]      prints punches as they happen; ends after N
# What the hub refuses is printed with its code (docs/errors.md) and ends the client with status 1. When the hub is
# busy or away, curl waits and tries again (`days`), and `follow` connects again for as long as it takes.
set -euo pipefail
: "${ROLLCALL_URL:?set it to the address of the hub}" "${ROLLCALL_TOKEN:?set it to an API token}"
url=${ROLLCALL_URL%/}/graphql

# Keeps the token out of the list of processes: curl reads the header from a file.
header=$(mktemp)
trap 'rm -f "$header"' EXIT
printf 'Authorization: Bearer %s\n' "$ROLLCALL_TOKEN" >"$header"

# Errors of an answer, a line each: `RC403: …`.
errors='.errors // [] | .[] | "\(.extensions.code): \(.message)"'

# post ACCEPT QUERY VARIABLES [OPTION…]: the answer of the hub, whatever its status.
post() {
  local accept=$1 query=$2 variables=$3
  shift 3
  jq -n --arg query "$query" --argjson variables "$variables" '{query: $query, variables: $variables}' |
    curl -sSN "$@" -H @"$header" -H 'Content-Type: application/json' -H "Accept: $accept" --data-binary @- "$url"
}

# ask QUERY VARIABLES: prints the data, or the errors and fails.
ask() {
  local answer problems
  answer=$(post application/json "$1" "$2" --retry 5 --retry-connrefused) || true
  problems=$(jq -r "$errors" <<<"$answer" 2>&1) || problems="not an answer of Rollcall: $answer"
  if [ -n "$problems" ] || [ -z "$answer" ]; then
    echo "${problems:-no answer from $url}" >&2
    return 1
  fi
  jq .data <<<"$answer"
}

days() {
  local query='query Days($from: Date!, $to: Date!, $after: String) {
    attendanceDays(first: 200, after: $after, filter: { from: $from, to: $to }) {
      nodes { workDate status employee { code } minutes { payable } }
      pageInfo { hasNextPage endCursor } } }'
  local after=null page
  while :; do
    page=$(ask "$query" "$(jq -n --arg from "$1" --arg to "$2" --argjson after "$after" '{from: $from, to: $to, after: $after}')")
    jq -r '.attendanceDays.nodes[] | [.employee.code, .workDate, .status, .minutes.payable] | @tsv' <<<"$page"
    [ "$(jq '.attendanceDays.pageInfo.hasNextPage' <<<"$page")" = true ] || break
    after=$(jq '.attendanceDays.pageInfo.endCursor' <<<"$page")
  done
}

follow() {
  local query='subscription Follow($after: String) {
    punchRecorded(after: $after) { cursor resync punch { occurredAt direction employee { code } } } }'
  local left=${1:--1} after=null line event problems
  # Events come as `event: next` and `data: {…}`, a refusal as one line of JSON or as the data of the last event. After
  # a break the cursor reads on without a gap.
  while [ "$left" -ne 0 ]; do
    while read -r line || [ -n "$line" ]; do
      case $line in data:\ \{*) event=${line#data: } ;; \{*) event=$line ;; *) continue ;; esac
      problems=$(jq -r "$errors" <<<"$event")
      case $problems in
      '') ;;
      RC429* | RC5*) echo "$problems" >&2; break ;;
      *) echo "$problems" >&2; return 1 ;;
      esac
      after=$(jq '.data.punchRecorded.cursor' <<<"$event")
      jq -r '.data.punchRecorded | if .resync then "read again: \(.resync)" else .punch | [.occurredAt, .employee.code, .direction] | @tsv end' <<<"$event"
      left=$((left - 1))
      [ "$left" -ne 0 ] || break
    # A comment comes every 15 seconds: slower than a byte in 60 means that the connection is dead.
    done < <(post text/event-stream "$query" "$(jq -n --argjson after "$after" '{after: $after}')" -y 60 -Y 1 2>/dev/null)
    [ "$left" -eq 0 ] || { echo "connecting again" >&2; sleep 1; }
  done
}

case ${1:-} in
days) days "${2:?first date}" "${3:?last date}" ;;
follow) follow "${2:-}" ;;
*) echo "usage: $0 days FROM TO | follow [N]" >&2; exit 2 ;;
esac
