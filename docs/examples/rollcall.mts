// A client of Rollcall in TypeScript for Node 20 or newer; at run time without packages.
//   npm install --no-save typescript@6.0.3 @types/node@20.19.43
//   npx tsc --strict --target es2022 --module nodenext --types node --ignoreConfig rollcall.mts
//   ROLLCALL_URL=http://127.0.0.1:8080 ROLLCALL_TOKEN=rct_… node rollcall.mjs days 2026-11-01 2026-11-30
//   … node rollcall.mjs follow [N]    prints punches as they happen; ends after N
// What the hub refuses is printed with its code (docs/errors.md) and ends the client with status 1. When the hub is
// busy or away, the client waits: `days` for at most a minute, `follow` for as long as it takes.

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

/** The hub said no: another try would be refused as well. */
class Refused extends Error {}

/** The hub is busy or cannot be reached: worth another try. */
class Away extends Error {
  constructor(
    message: string,
    readonly seconds = 1,
  ) {
    super(message);
  }
}

/** Codes that may be gone a moment later. */
const PASSING = ["RC429", "RC500", "RC504"];
const TRIES = 6;

/** Throws for the errors of an answer or event. */
function check(answer: { errors?: GraphQlError[] }): void {
  if (!answer.errors?.length) return;
  const text = answer.errors.map((error) => `${error.extensions?.code}: ${error.message}`).join("; ");
  throw answer.errors.some((error) => PASSING.includes(error.extensions?.code ?? "")) ? new Away(text) : new Refused(text);
}

class Rollcall {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  private async send(query: string, variables: object, accept: string): Promise<Response> {
    const url = `${this.url.replace(/\/+$/, "")}/graphql`;
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json", accept };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(url, { method: "POST", headers, body }).catch((error: Error) => {
      throw new Away(String(error.cause ?? error));
    });
    if (response.ok) return response;
    const text = await response.text();
    if (response.status === 429 || response.status >= 500) {
      throw new Away(`status ${response.status}`, Number(response.headers.get("retry-after") ?? "1"));
    }
    if (response.headers.get("content-type")?.includes("json")) check(JSON.parse(text) as { errors?: GraphQlError[] });
    throw new Refused(`status ${response.status}: ${text}`);
  }

  /** The data of an operation; waits and tries again when the hub is busy or away. */
  async ask<T>(query: string, variables: object): Promise<T> {
    for (let n = 1; ; n++) {
      try {
        const response = await this.send(query, variables, "application/json");
        const answer = (await response.json()) as { data: T; errors?: GraphQlError[] };
        check(answer);
        return answer.data;
      } catch (error) {
        if (!(error instanceof Away) || n === TRIES) throw error;
        await pause(Math.max(error.seconds, n));
      }
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
      let seconds = 1;
      try {
        const response = await this.send(FOLLOW, { after }, "text/event-stream");
        let text = "";
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          const lines = text.split("\n");
          text = lines.pop() ?? "";
          for (const line of lines) {
            if (!line.startsWith("data: {")) continue;
            const answer = JSON.parse(line.slice("data: ".length)) as { data: { punchRecorded: PunchEvent }; errors?: GraphQlError[] };
            check(answer);
            after = answer.data.punchRecorded.cursor;
            yield answer.data.punchRecorded;
          }
        }
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (error instanceof Away) seconds = error.seconds;
        console.error(`connecting again: ${error instanceof Error ? error.message : String(error)}`);
      }
      await pause(seconds);
    }
  }
}

async function main([command, first, second]: string[]): Promise<number> {
  const { ROLLCALL_URL: url, ROLLCALL_TOKEN: token } = process.env;
  if (!url || !token) {
    console.error("set ROLLCALL_URL to the address of the hub and ROLLCALL_TOKEN to an API token");
    return 2;
  }
  const rollcall = new Rollcall(url, token);
  if (command === "days" && first && second) {
    for await (const day of rollcall.days(first, second)) {
      console.log([day.employee.code, day.workDate, day.status, day.minutes.payable].join("\t"));
    }
    return 0;
  }
  if (command === "follow") {
    let left = Number(first ?? Infinity);
    for await (const { punch, resync } of rollcall.follow()) {
      console.log(punch ? [punch.occurredAt, punch.employee.code, punch.direction].join("\t") : `read again: ${resync}`);
      if (--left <= 0) return 0;
    }
  }
  console.error("usage: node rollcall.mjs days FROM TO | follow [N]");
  return 2;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
