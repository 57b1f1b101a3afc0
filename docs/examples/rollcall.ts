// A client of Rollcall in TypeScript for Node 20 or newer, without packages.
//   npx tsc --target es2022 --module nodenext --types node rollcall.ts
//   ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… node rollcall.js days 2026-11-01 2026-11-30
//   … node rollcall.js follow [N]    prints punches as they happen; ends after N

type GraphQlError = { message: string; extensions?: { code?: string } };
type Day = { workDate: string; status: string; employee: { code: string }; minutes: { payable: number } };
type Page = { nodes: Day[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
type PunchEvent = {
  cursor: string;
  resync: string | null;
  punch: { occurredAt: string; direction: string | null; employee: { code: string } } | null;
};

const DAYS = `query Days($from: Date!, $to: Date!, $after: String) {
  attendanceDays(first: 200, after: $after, filter: { from: $from, to: $to }) {
    nodes { workDate status employee { code } minutes { payable } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const FOLLOW = `subscription Follow($after: String) {
  punchRecorded(after: $after) { cursor resync punch { occurredAt direction employee { code } } }
}`;

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

class Rollcall {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  private send(query: string, variables: object, accept: string): Promise<Response> {
    return fetch(new URL("/graphql", this.url), {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json", accept },
      body: JSON.stringify({ query, variables }),
    });
  }

  /** The data of an operation; waits and tries again when the hub says that it is too much. */
  async ask<T>(query: string, variables: object): Promise<T> {
    for (;;) {
      const response = await this.send(query, variables, "application/json");
      if (response.status === 429) {
        await pause(Number(response.headers.get("retry-after") ?? "1"));
        continue;
      }
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      const answer = (await response.json()) as { data: T; errors?: GraphQlError[] };
      if (answer.errors) throw new Error(answer.errors.map((error) => `${error.extensions?.code}: ${error.message}`).join("; "));
      return answer.data;
    }
  }

  /** All attendance days, page by page. */
  async *days(from: string, to: string): AsyncGenerator<Day> {
    let after: string | null = null;
    for (;;) {
      const data: { attendanceDays: Page } = await this.ask(DAYS, { from, to, after });
      yield* data.attendanceDays.nodes;
      if (!data.attendanceDays.pageInfo.hasNextPage) return;
      after = data.attendanceDays.pageInfo.endCursor;
    }
  }

  /** Punches as they happen, for ever. After a break the cursor reads on without a gap. */
  async *follow(): AsyncGenerator<PunchEvent> {
    let after: string | null = null;
    for (;;) {
      try {
        const response = await this.send(FOLLOW, { after }, "text/event-stream");
        if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
        let text = "";
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          const lines = text.split("\n");
          text = lines.pop() ?? "";
          for (const line of lines) {
            if (!line.startsWith("data: {")) continue;
            const event = (JSON.parse(line.slice("data: ".length)) as { data: { punchRecorded: PunchEvent } }).data.punchRecorded;
            after = event.cursor;
            yield event;
          }
        }
      } catch (error) {
        console.error(`connecting again: ${String(error)}`);
      }
      await pause(1);
    }
  }
}

const rollcall = new Rollcall(process.env["ROLLCALL_URL"] ?? "", process.env["ROLLCALL_TOKEN"] ?? "");
const [command, first, second] = process.argv.slice(2);
if (command === "days" && first && second) {
  for await (const day of rollcall.days(first, second)) {
    console.log([day.employee.code, day.workDate, day.status, day.minutes.payable].join("\t"));
  }
} else if (command === "follow") {
  let left = Number(first ?? Infinity);
  for await (const { punch, resync } of rollcall.follow()) {
    console.log(punch ? [punch.occurredAt, punch.employee.code, punch.direction].join("\t") : `read again: ${resync}`);
    if (--left <= 0) break;
  }
  process.exit(0);
} else {
  console.error("usage: node rollcall.js days FROM TO | follow [N]");
  process.exit(2);
}
