/** Screen Refused codes: what was typed at kiosks and counts for nothing, why, and what to do about it. */
import { Select, Skeleton } from "@mantine/core";
import { useReducer, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { RefusedCodesDocument, type RefusedCodesQuery, SiteNamesDocument } from "../gql/graphql.ts";
import { intlLocale } from "../i18n/index.ts";
import { wallClock } from "../review/evidence.ts";
import { dayInWords } from "../time/format.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import { Pager } from "../ui/Pager.tsx";
import { afterCursor, FIRST_PAGE, pageNumber, pages } from "../ui/pages.ts";
import { Person } from "../ui/Person.tsx";
import { Tag } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import styles from "./codes.module.css";
import { isLate } from "./late.ts";

type Entry = RefusedCodesQuery["codeEntries"]["nodes"][number];

const PAGE_SIZE = 25;
const SITES_FIRST = 200;
const ALL = "";

export default function CodesPage() {
  const { t } = useTranslation();
  const [siteId, setSiteId] = useState<string>(ALL);
  const [{ data }] = useQuery({ query: SiteNamesDocument, variables: { first: SITES_FIRST } });
  const sites = data?.sites.nodes ?? [];
  return (
    <Page
      title={t("codes.title")}
      lead={t("codes.lead")}
      aside={
        sites.length > 1 ? (
          <Select
            aria-label={t("codes.site")}
            data={[{ value: ALL, label: t("codes.allSites") }, ...sites.map((site) => ({ value: site.id, label: site.name }))]}
            value={siteId}
            onChange={(value) => setSiteId(value ?? ALL)}
            allowDeselect={false}
          />
        ) : null
      }
    >
      {/* Another site is another list: its pages start over. */}
      <CodeList key={siteId} siteId={siteId === ALL ? null : siteId} />
    </Page>
  );
}

function CodeList({ siteId }: { siteId: string | null }) {
  const { t } = useTranslation();
  const [state, turn] = useReducer(pages, FIRST_PAGE);
  const [{ data, error, fetching }, read] = useQuery({
    query: RefusedCodesDocument,
    variables: { first: PAGE_SIZE, after: afterCursor(state), siteId },
    requestPolicy: "cache-and-network",
  });
  const page = data?.codeEntries;
  return (
    <>
      <Failure error={error} retry={() => read({ requestPolicy: "network-only" })} />
      <div className={ui.panel} aria-busy={fetching}>
        {!page && !error ? <Skeleton height={260} radius={10} /> : null}
        {page && page.nodes.length > 0 ? (
          <div className={ui.scroll} role="region" aria-label={t("codes.title")} tabIndex={0}>
            <table className={`${ui.table} ${styles.table}`} data-testid="codes">
              <thead>
                <tr>
                  <th scope="col">{t("codes.time")}</th>
                  <th scope="col">{t("codes.who")}</th>
                  <th scope="col">{t("codes.where")}</th>
                  <th scope="col">{t("codes.why")}</th>
                </tr>
              </thead>
              <tbody>
                {page.nodes.map((entry) => (
                  <Row key={entry.id} entry={entry} />
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
        {page && page.nodes.length === 0 ? (
          <Empty title={t("codes.empty.title")} level="h2">
            <p>{t("codes.empty.text")}</p>
          </Empty>
        ) : null}
      </div>
      <Pager
        label={t("codes.pagination")}
        number={pageNumber(state)}
        found={page ? t("codes.found", { count: page.nodes.length }) : null}
        hasNext={page?.pageInfo.hasNextPage ?? false}
        isBusy={fetching}
        onPrevious={() => turn({ type: "previous" })}
        onNext={() => turn({ type: "next", endCursor: page?.pageInfo.endCursor })}
      />
    </>
  );
}

function Row({ entry }: { entry: Entry }) {
  const { t, i18n } = useTranslation();
  const { day, time, offset } = wallClock(entry.localTime);
  return (
    <tr>
      <td className={ui.number}>
        <time dateTime={entry.localTime}>
          {dayInWords(day, intlLocale(i18n.language))}, {time} <span className={ui.dim}>{offset}</span>
        </time>
        {isLate(entry.capturedAt, entry.receivedAt) ? (
          <p>
            <Tag tone="wait" title={t("codes.lateHint")}>
              {t("codes.late")}
            </Tag>
          </p>
        ) : null}
      </td>
      <td>
        {entry.employee ? (
          <Person name={entry.employee.displayName} detail={<span className={ui.dim}>{entry.employee.code}</span>} />
        ) : (
          <>
            <span className={ui.dim}>{t("codes.nobody")}</span>
            {entry.employeeCode ? <p className={ui.number}>{t("codes.typed", { code: entry.employeeCode })}</p> : null}
          </>
        )}
      </td>
      <td>
        {entry.site.name}
        {entry.device ? <span className={ui.dim}> · {entry.device.name}</span> : null}
        <p className={ui.dim}>{t(`codes.methods.${entry.method}`)}</p>
      </td>
      <td className={styles.why}>
        {entry.refusal ? (
          <>
            <strong>{t(`codes.reasons.${entry.refusal.reason}`)}</strong>
            <p className={ui.dim}>{t(`codes.hints.${entry.refusal.reason}`)}</p>
          </>
        ) : null}
      </td>
    </tr>
  );
}
