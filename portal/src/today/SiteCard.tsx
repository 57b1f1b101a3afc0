/** One site now: its wall clock, and its people as present, left and absent. The hub counts, this only shows. */
import { useTranslation } from "react-i18next";
import type { SitesTodayQuery } from "../gql/graphql.ts";
import { intlLocale } from "../i18n/index.ts";
import { dayInWords, timeOfDay, utcOffset } from "../time/format.ts";
import { useNow } from "../time/useNow.ts";
import styles from "./today.module.css";

type Site = SitesTodayQuery["sites"]["nodes"][number];

export function SiteCard({ site }: { site: Site }) {
  const { t, i18n } = useTranslation();
  const locale = intlLocale(i18n.language);
  const now = useNow(1000);
  const { nPresent, nLeft, nAbsent, nEmployees, workDate } = site.today;
  const counts = [
    { key: "present", n: nPresent },
    { key: "left", n: nLeft },
    { key: "absent", n: nAbsent },
  ] as const;
  return (
    <article className={styles.card} data-testid="site-card" aria-labelledby={`site-${site.id}`}>
      <div className={styles.cardHead}>
        <div>
          <h2 id={`site-${site.id}`} className={styles.siteName}>
            {site.name}
          </h2>
          <p className={styles.siteZone}>{site.timeZone.replaceAll("_", " ")}</p>
        </div>
        <div className={styles.clock}>
          <time dateTime={now.toISOString()} className={styles.clockTime}>
            {timeOfDay(now, site.timeZone, locale)}
          </time>
          <p className={styles.siteZone} title={t("today.workDate", { date: workDate })}>
            {dayInWords(workDate, locale)} · {utcOffset(now, site.timeZone)}
          </p>
        </div>
      </div>
      <div
        className={styles.share}
        role="img"
        aria-label={t("today.share", { present: nPresent, left: nLeft, absent: nAbsent })}
      >
        {counts.map(({ key, n }) => (n > 0 ? <span key={key} data-part={key} style={{ flexGrow: n }} /> : null))}
      </div>
      <dl className={styles.counts}>
        {counts.map(({ key, n }) => (
          <div key={key} title={t(`today.${key}Hint`)}>
            <dt>
              <span className={styles.key} data-part={key} aria-hidden="true" />
              {t(`today.${key}`)}
            </dt>
            <dd data-testid={`count-${key}`}>{n.toLocaleString(locale)}</dd>
          </div>
        ))}
        <div className={styles.people}>
          <dt className={styles.hidden}>{t("nav.employees")}</dt>
          <dd>{t("today.people", { count: nEmployees })}</dd>
        </div>
      </dl>
    </article>
  );
}
