/** One page of employees. The enrolment badge says in words whether a camera can recognise the person. */
import { Button, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { EmployeesQuery, EnrolmentState } from "../gql/graphql.ts";
import { intlLocale } from "../i18n/index.ts";
import { recordDay } from "../time/format.ts";
import { Person } from "../ui/Person.tsx";
import { Tag, type Tone } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import styles from "./employees.module.css";

type Employee = EmployeesQuery["employees"]["nodes"][number];

const TONES: Record<EnrolmentState, Tone> = { NONE: "none", PENDING: "wait", ENROLLED: "in", REFUSED: "stop" };

/** Sites beyond this many are counted, so that a row stays one line. */
const SITES_SHOWN = 2;

interface EmployeeTableProps {
  employees: readonly Employee[];
  /** Opens PIN and badge of one; absent for those who may not change them. */
  onCodes?: ((employee: Employee) => void) | undefined;
}

export function EmployeeTable({ employees, onCodes }: EmployeeTableProps) {
  const { t, i18n } = useTranslation();
  const locale = intlLocale(i18n.language);
  return (
    <div className={ui.scroll} role="region" aria-label={t("employees.title")} tabIndex={0}>
      <table className={`${ui.table} ${styles.table}`} data-testid="employees">
        <thead>
          <tr>
            <th scope="col">{t("employees.name")}</th>
            <th scope="col">{t("employees.code")}</th>
            <th scope="col">{t("employees.sites")}</th>
            <th scope="col">{t("employees.enrolment")}</th>
            <th scope="col" className={styles.right}>
              {t("employees.photos")}
            </th>
            <th scope="col" className={styles.right}>
              {t("employees.templates")}
            </th>
            <th scope="col">{t("employees.created")}</th>
            {onCodes ? (
              <th scope="col">
                <VisuallyHidden>{t("employees.actions")}</VisuallyHidden>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {employees.map((employee) => (
            <tr key={employee.id}>
              <td>
                <Person
                  name={employee.displayName}
                  detail={employee.isActive ? null : <Tag tone="outline">{t("employees.inactive")}</Tag>}
                />
              </td>
              <td className={`${ui.number} ${ui.dim}`}>{employee.code}</td>
              <td>
                <span className={styles.sites}>
                  {employee.sites.length === 0 ? <span className={ui.dim}>{t("employees.noSites")}</span> : null}
                  {employee.sites.slice(0, SITES_SHOWN).map((site) => (
                    <Tag key={site.id} tone="outline">
                      {site.name}
                    </Tag>
                  ))}
                  <MoreSites names={employee.sites.slice(SITES_SHOWN).map((site) => site.name)} />
                </span>
              </td>
              <td>
                <Tag tone={TONES[employee.enrolment.state]} title={t(`employees.stateHints.${employee.enrolment.state}`)}>
                  {t(`employees.states.${employee.enrolment.state}`)}
                </Tag>
                {employee.enrolment.problem ? <span className={styles.problem}>{employee.enrolment.problem}</span> : null}
              </td>
              <td className={`${ui.number} ${styles.right}`}>{employee.enrolment.nPhotos.toLocaleString(locale)}</td>
              <td className={`${ui.number} ${styles.right}`}>{employee.enrolment.nTemplates.toLocaleString(locale)}</td>
              <td className={`${ui.number} ${ui.dim}`}>{recordDay(new Date(employee.createdAt), locale)}</td>
              {onCodes ? (
                <td className={styles.right}>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t("employees.codesOf", { name: employee.displayName })}
                    onClick={() => onCodes(employee)}
                  >
                    {t("employees.codes")}
                  </Button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MoreSites({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  if (names.length === 0) return null;
  return (
    <Tag tone="outline" title={names.join(", ")}>
      {t("employees.moreSites", { count: names.length })}
    </Tag>
  );
}
