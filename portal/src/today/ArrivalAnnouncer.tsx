/** Tells screen readers about the latest pushed arrival of the site that is shown; repeats are not worth a word. */
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { intlLocale } from "../i18n/index.ts";
import { timeOfDay } from "../time/format.ts";
import type { Arrival } from "./arrivals.ts";

export function ArrivalAnnouncer({ arrival, siteId }: { arrival: Arrival | null; siteId: string | null }) {
  const { t, i18n } = useTranslation();
  const isShown = arrival !== null && (siteId === null || arrival.site.id === siteId);
  const key =
    arrival?.direction === "IN" ? "announceIn" : arrival?.direction === "OUT" ? "announceOut" : "announceSeen";
  return (
    <VisuallyHidden role="log" aria-live="polite" aria-atomic="true">
      {isShown
        ? t(`arrivals.${key}`, {
            name: arrival.employee.displayName,
            site: arrival.site.name,
            time: timeOfDay(new Date(arrival.occurredAt), arrival.timeZone, intlLocale(i18n.language)),
          })
        : null}
    </VisuallyHidden>
  );
}
