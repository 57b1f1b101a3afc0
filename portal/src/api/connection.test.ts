import { expect, it, vi } from "vitest";
import { createConnection } from "./connection.ts";

it("first_failure_is_still_connecting", () => {
  const connection = createConnection();
  connection.reportDown();
  expect(connection.state()).toBe("connecting");
});

it("gap_is_reported_once_when_it_ends", () => {
  const connection = createConnection();
  const restored = vi.fn();
  connection.reportUp();
  const stop = connection.onRestored(restored);
  connection.reportDown();
  connection.reportDown();
  expect(connection.state()).toBe("reconnecting");
  expect(restored).not.toHaveBeenCalled();
  connection.reportUp();
  connection.reportUp();
  expect(connection.state()).toBe("live");
  expect(restored).toHaveBeenCalledTimes(1);
  stop();
  connection.reportDown();
  connection.reportUp();
  expect(restored).toHaveBeenCalledTimes(1);
});
