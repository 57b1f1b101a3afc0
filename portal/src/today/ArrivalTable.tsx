/** Arrivals as a table, cut by the day at each site. Every time is the site's, with its offset. */
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { intlLocale } from "../i18n/index.ts";
import { dayInWords, relativeDay, timeOfDay, utcOffset } from "../time/format.ts";
import { useNow } from "../time/useNow.ts";
import { ArrowInIcon, ArrowOutIcon } from "../ui/icons.tsx";
import { Person } from "../ui/Person.tsx";
import { Tag } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import { type Arrival, type ArrivalDay, groupByDay } from "./arrivals.ts";
import styles from "./today.module.css";

const MINUTE_MS = 60_000;

export function ArrivalTable({ arrivals, freshId }: { arrivals: readonly Arrival[]; freshId: string | null }) {
  const { t } = useTranslation();
  return (
    <div className={ui.scroll} role="region" aria-labelledby="arrivals-title" tabIndex={0}>
      <table className={`${ui.table} ${styles.arrivals}`} data-testid="arrivals">
        <thead>
          <tr>
            <th scope="col">{t("arrivals.time")}</th>
            <th scope="col">{t("arrivals.person")}</th>
            <th scope="col">{t("arrivals.direction")}</th>
            <th scope="col">{t("arrivals.site")}</th>
            <th scope="col" title={t("arrivals.similarityHint")}>
              {t("arrivals.similarity")}
            </th>
            <th scope="col">{t("arrivals.source")}</th>
          </tr>
        </thead>
        {groupByDay(arrivals).map((group) => (
          <Day key={`${group.day} ${group.arrivals[0]?.id ?? ""}`} group={group} freshId={freshId} />
        ))}
      </table>
    </div>
  );
}

function Day({ group, freshId }: { group: ArrivalDay; freshId: string | null }) {
  const { t, i18n } = useTranslation();
  const now = useNow(MINUTE_MS);
  const zone = group.arrivals[0]?.timeZone ?? "UTC";
  const near = relativeDay(group.day, now, zone);
  const words = dayInWords(group.day, intlLocale(i18n.language));
  return (
    <tbody>
      <tr className={styles.day}>
        <th scope="rowgroup" colSpan={6}>
          {near === "other" ? words : `${t(`arrivals.${near}`)} · ${words}`}
        </th>
      </tr>
      {group.arrivals.map((arrival) => (
        <Row key={arrival.id} arrival={arrival} isFresh={arrival.id === freshId} />
      ))}
    </tbody>
  );
}

function Row({ arrival, isFresh }: { arrival: Arrival; isFresh: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = intlLocale(i18n.language);
  const at = new Date(arrival.occurredAt);
  return (
    <tr
      data-punch-id={arrival.id}
      data-counted={arrival.isCounted == null ? "pending" : arrival.isCounted ? "yes" : "no"}
      className={isFresh ? styles.fresh : undefined}
    >
      <td className={ui.number}>
        <time dateTime={arrival.occurredAt} title={arrival.timeZone}>
          {timeOfDay(at, arrival.timeZone, locale, true)} <span className={styles.offset}>{utcOffset(at, arrival.timeZone)}</span>
        </time>
      </td>
      <td>
        <Person name={arrival.employee.displayName} detail={<span className={ui.dim}>{arrival.employee.code}</span>} />
      </td>
      <td>
        <span className={styles.tags}>
          {/* A repeat has no direction of its own. */}
          {arrival.isCounted === false && !arrival.direction ? null : <DirectionTag arrival={arrival} />}
          {arrival.isCounted === false ? (
            <Tag tone="outline" title={t("arrivals.repeatHint")}>
              {t("arrivals.repeat")}
            </Tag>
          ) : null}
          {arrival.isCounted == null ? <Tag tone="wait">{t("arrivals.pending")}</Tag> : null}
        </span>
      </td>
      <td>
        {arrival.site.name}
        {arrival.camera ? <span className={ui.dim}> · {arrival.camera.name}</span> : null}
      </td>
      <td className={ui.number}>
        <Similarity value={arrival.similarity ?? null} locale={locale} />
      </td>
      <td className={ui.dim}>{t(`arrivals.sources.${arrival.source}`)}</td>
    </tr>
  );
}

function DirectionTag({ arrival }: { arrival: Arrival }) {
  const { t } = useTranslation();
  const title = arrival.directionReason ? t("arrivals.reason", { reason: arrival.directionReason }) : undefined;
  if (arrival.direction === "IN") {
    return (
      <Tag tone="in" title={title}>
        <ArrowInIcon />
        {t("arrivals.in")}
      </Tag>
    );
  }
  if (arrival.direction === "OUT") {
    return (
      <Tag tone="out" title={title}>
        <ArrowOutIcon />
        {t("arrivals.out")}
      </Tag>
    );
  }
  return (
    <Tag tone="none" title={title ?? t("arrivals.undecidedHint")}>
      {t("arrivals.undecided")}
    </Tag>
  );
}

/** Cosine similarity as a bar and a percentage; punches that no face made have none. */
function Similarity({ value, locale }: { value: number | null; locale: string }) {
  const { t } = useTranslation();
  if (value === null) {
    return (
      <span className={ui.dim}>
        <span aria-hidden="true">–</span>
        <VisuallyHidden>{t("arrivals.noSimilarity")}</VisuallyHidden>
      </span>
    );
  }
  const share = Math.max(0, Math.min(1, value));
  return (
    <span className={styles.similarity}>
      <span className={styles.meter} aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {share.toLocaleString(locale, { style: "percent", maximumFractionDigits: 0 })}
    </span>
  );
}
