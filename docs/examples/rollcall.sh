#!/usr/bin/env bash
# A client of Rollcall in bash: curl and jq.
#   ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… ./rollcall.sh days 2026-11-01 2026-11-30
#   … ./rollcall.sh follow [N]      prints punches as they happen; ends after N
set -euo pipefail
: "${ROLLCALL_URL:?set it to the address of the hub}" "${ROLLCALL_TOKEN:?set it to an API token}"

# Keeps the token out of the list of processes: curl reads the header from a file.
header=$(mktemp)
trap 'rm -f "$header"' EXIT
printf 'Authorization: Bearer %s\n' "$ROLLCALL_TOKEN" >"$header"

# ask QUERY VARIABLES: prints the data, or the errors and fails.
ask() {
  jq -n --arg query "$1" --argjson variables "$2" '{query: $query, variables: $variables}' |
    curl -sS --fail-with-body -H @"$header" -H 'Content-Type: application/json' --data-binary @- "$ROLLCALL_URL/graphql" |
    jq -e 'if .errors then (.errors[] | "\(.extensions.code): \(.message)" | halt_error(1)) else .data end'
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
  local left=${1:--1} after=null line event
  # Events come as `event: next` and `data: {…}`; after a break the cursor reads on without a gap.
  while [ "$left" -ne 0 ]; do
    while read -r line; do
      case $line in data:\ \{*) event=${line#data: } ;; *) continue ;; esac
      after=$(jq '.data.punchRecorded.cursor' <<<"$event")
      jq -r '.data.punchRecorded | if .resync then "read again: \(.resync)" else .punch | [.occurredAt, .employee.code, .direction] | @tsv end' <<<"$event"
      left=$((left - 1))
      [ "$left" -ne 0 ] || break
    done < <(jq -n --arg query "$query" --argjson after "$after" '{query: $query, variables: {after: $after}}' |
      curl -sSN -H @"$header" -H 'Content-Type: application/json' -H 'Accept: text/event-stream' --data-binary @- "$ROLLCALL_URL/graphql")
    [ "$left" -eq 0 ] || sleep 1
  done
}

case ${1:-} in
days) days "${2:?first date}" "${3:?last date}" ;;
follow) follow "${2:-}" ;;
*) echo "usage: $0 days FROM TO | follow [N]" >&2; exit 2 ;;
esac
