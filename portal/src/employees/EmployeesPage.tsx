/** Screen Employees: search, pages, enrolment at a glance, adding someone. */
import { Button, CloseButton, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useReducer, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { EmployeesDocument } from "../gql/graphql.ts";
import { mayChangePeople, useMay } from "../session/rights.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { PlusIcon, SearchIcon } from "../ui/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { Pager } from "../ui/Pager.tsx";
import { afterCursor, FIRST_PAGE, pageNumber, pages } from "../ui/pages.ts";
import ui from "../ui/ui.module.css";
import { CodesModal, type CodesOf } from "./CodesModal.tsx";
import { EmployeeCreateModal } from "./EmployeeCreateModal.tsx";
import styles from "./employees.module.css";
import { EmployeeTable } from "./EmployeeTable.tsx";

const PAGE_SIZE = 25;
/** A pause in typing this long starts the search. */
const TYPING_PAUSE_MS = 200;
/** An empty page holds no employee that would tie it to later changes, so the type is named. */
const CONTEXT = { additionalTypenames: ["Employee"] };

export default function EmployeesPage() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS);
  const [isAdding, adding] = useDisclosure(false);

  return (
    <Page
      title={t("employees.title")}
      lead={t("employees.lead")}
      aside={
        <Button leftSection={<PlusIcon />} onClick={adding.open}>
          {t("employees.add")}
        </Button>
      }
    >
      <TextInput
        className={styles.search ?? ""}
        type="search"
        aria-label={t("employees.search")}
        placeholder={t("employees.searchPlaceholder")}
        leftSection={<SearchIcon />}
        rightSection={
          typed ? <CloseButton size="sm" aria-label={t("employees.clearSearch")} onClick={() => setTyped("")} /> : null
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {/* A new search is a new list: its pages start over. */}
      <EmployeeList key={search} search={search} onAdd={adding.open} />
      <EmployeeCreateModal opened={isAdding} onClose={adding.close} />
    </Page>
  );
}

function EmployeeList({ search, onAdd }: { search: string; onAdd: () => void }) {
  const { t } = useTranslation();
  const [state, turn] = useReducer(pages, FIRST_PAGE);
  const [{ data, error, fetching, stale }, read] = useQuery({
    query: EmployeesDocument,
    variables: { first: PAGE_SIZE, after: afterCursor(state), search: search === "" ? null : search },
    requestPolicy: "cache-and-network",
    context: CONTEXT,
  });
  const page = data?.employees;
  const [codesOf, setCodesOf] = useState<CodesOf | null>(null);
  const mayChange = useMay(mayChangePeople);

  return (
    <>
      <Failure error={error} retry={() => read({ requestPolicy: "network-only" })} />
      <div className={ui.panel} aria-busy={fetching || stale}>
        {!page && !error ? <Skeleton height={260} radius={10} /> : null}
        {page && page.nodes.length > 0 ? <EmployeeTable employees={page.nodes} onCodes={mayChange ? setCodesOf : undefined} /> : null}
        {page && page.nodes.length === 0 ? (
          search ? (
            <Empty title={t("employees.nothing.title", { search })} level="h2">
              <p>{t("employees.nothing.text")}</p>
            </Empty>
          ) : (
            <Empty
              title={t("employees.empty.title")}
              level="h2"
              action={
                <Button leftSection={<PlusIcon />} onClick={onAdd}>
                  {t("employees.add")}
                </Button>
              }
            >
              <p>{t("employees.empty.text")}</p>
            </Empty>
          )
        ) : null}
      </div>
      <Pager
        label={t("employees.pagination")}
        number={pageNumber(state)}
        found={page ? t("employees.found", { count: page.nodes.length }) : null}
        hasNext={page?.pageInfo.hasNextPage ?? false}
        isBusy={fetching}
        onPrevious={() => turn({ type: "previous" })}
        onNext={() => turn({ type: "next", endCursor: page?.pageInfo.endCursor })}
      />
      <CodesModal employee={codesOf} onClose={() => setCodesOf(null)} />
    </>
  );
}
