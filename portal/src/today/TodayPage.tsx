/** Screen Today: how each site stands, and who came and went. */
import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useConnectionState } from "../api/ApiContext.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import ui from "../ui/ui.module.css";
import { ArrivalAnnouncer } from "./ArrivalAnnouncer.tsx";
import { ArrivalTable } from "./ArrivalTable.tsx";
import { SiteCard } from "./SiteCard.tsx";
import styles from "./today.module.css";
import { useArrivals, useSitesToday } from "./useToday.ts";

const PAGE_SIZE = 50;
/** The most that one query may ask for. */
const PAGE_LIMIT = 200;
/** More sites than this do not fit beside each other. */
const SEGMENTS_LIMIT = 4;
const ALL = "";

export default function TodayPage() {
  const { t } = useTranslation();
  const [siteId, setSiteId] = useState<string | null>(null);
  const [first, setFirst] = useState(PAGE_SIZE);
  const today = useSitesToday();
  const feed = useArrivals(siteId, first, today.refresh);
  const site = today.sites?.find((candidate) => candidate.id === siteId);
  const filters = [
    { value: ALL, label: t("arrivals.allSites") },
    ...(today.sites ?? []).map((each) => ({ value: each.id, label: each.name })),
  ];
  const choose = (value: string | null) => setSiteId(value === ALL ? null : value);
  const retry = () => {
    today.refresh();
    feed.refresh();
  };

  return (
    <Page title={t("today.title")} lead={t("arrivals.lead")} aside={<ConnectionIndicator />}>
      <Failure error={today.error ?? feed.error} retry={retry} />

      <section aria-label={t("today.sites")} className={styles.sites}>
        {today.sites?.map((each) => <SiteCard key={each.id} site={each} />)}
        {!today.sites && !today.error ? [0, 1].map((index) => <Skeleton key={index} height={158} radius={10} />) : null}
      </section>
      {today.sites?.length === 0 ? (
        <div className={ui.panel}>
          <Empty title={t("today.noSites.title")} level="h2">
            <p>{t("today.noSites.text")}</p>
          </Empty>
        </div>
      ) : null}

      {today.sites?.length !== 0 ? (
        <section aria-labelledby="arrivals-title">
          <div className={styles.bar}>
            <h2 id="arrivals-title" className={styles.heading}>
              {t("arrivals.title")}
            </h2>
            {filters.length > 2 && filters.length <= SEGMENTS_LIMIT + 1 ? (
              <SegmentedControl
                size="xs"
                data={filters}
                value={siteId ?? ALL}
                onChange={choose}
                aria-label={t("arrivals.filter")}
              />
            ) : null}
            {filters.length > SEGMENTS_LIMIT + 1 ? (
              <Select
                size="xs"
                data={filters}
                value={siteId ?? ALL}
                onChange={choose}
                allowDeselect={false}
                searchable
                aria-label={t("arrivals.filter")}
              />
            ) : null}
          </div>
          <div className={ui.panel}>
            {!feed.isLoaded && !feed.error ? <Skeleton height={220} radius={10} /> : null}
            {feed.arrivals.length > 0 ? <ArrivalTable arrivals={feed.arrivals} freshId={feed.latest?.id ?? null} /> : null}
            {feed.isLoaded && feed.arrivals.length === 0 ? <NoArrivals siteName={site?.name} /> : null}
          </div>
          {feed.hasMore && first < PAGE_LIMIT ? (
            <div className={styles.more}>
              <Button variant="default" size="xs" onClick={() => setFirst(Math.min(first + PAGE_SIZE, PAGE_LIMIT))}>
                {t("arrivals.more")}
              </Button>
            </div>
          ) : null}
        </section>
      ) : null}
      <ArrivalAnnouncer arrival={feed.latestCounted} siteId={siteId} />
    </Page>
  );
}

function NoArrivals({ siteName }: { siteName: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Empty title={siteName ? t("arrivals.empty.titleSite", { site: siteName }) : t("arrivals.empty.title")}>
      <p>{t("arrivals.empty.text")}</p>
      <ol className={styles.steps}>
        <li>
          {t("arrivals.empty.people")} <Link to="/employees">{t("arrivals.empty.peopleLink")}</Link>
        </li>
        <li>{t("arrivals.empty.camera")}</li>
        <li>{t("arrivals.empty.live")}</li>
      </ol>
    </Empty>
  );
}

function ConnectionIndicator() {
  const { t } = useTranslation();
  const state = useConnectionState();
  return (
    <span role="status" className={styles.connection} data-state={state} title={t(`connection.hint.${state}`)}>
      <span className={styles.dot} aria-hidden="true" />
      {t(`connection.${state}`)}
    </span>
  );
}
