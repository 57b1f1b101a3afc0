/** The present instant, renewed at each full `step`; for clocks on the page. Reads the browser's clock, not its zone. */
import { useEffect, useState } from "react";

/** `stepMs` is the resolution of the clock in milliseconds; the value changes on its multiples. */
export function useNow(stepMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    let timer: number;
    const arm = () => {
      timer = window.setTimeout(
        () => {
          setNow(new Date());
          arm();
        },
        stepMs - (Date.now() % stepMs),
      );
    };
    arm();
    return () => window.clearTimeout(timer);
  }, [stepMs]);
  return now;
}
