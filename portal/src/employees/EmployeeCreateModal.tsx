/** Form for a new employee. The hub judges the values; its problems appear at their fields. */
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CombinedError, useMutation, useQuery } from "urql";
import { EmployeeCreateDocument, SiteNamesDocument } from "../gql/graphql.ts";
import { Failure } from "../ui/Failure.tsx";
import styles from "./employees.module.css";
import { type Field, placeProblems, type PlacedProblems } from "./problems.ts";

const SITES_FIRST = 200;
const NO_PROBLEMS: PlacedProblems = { fields: {}, rest: [] };

export function EmployeeCreateModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("employeeCreate.title")}
      closeButtonProps={{ "aria-label": t("employeeCreate.close") }}
      radius="lg"
      size={440}
    >
      <EmployeeCreateForm onDone={onClose} />
    </Modal>
  );
}

/** Problems that the form has words for; any other is shown in those of the hub. */
const TRANSLATED = ["BLANK", "TOO_LONG", "TAKEN", "UNKNOWN_SITE"] as const;

function EmployeeCreateForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const formId = useId();
  const [{ data }] = useQuery({ query: SiteNamesDocument, variables: { first: SITES_FIRST } });
  const [{ fetching }, create] = useMutation(EmployeeCreateDocument);
  const [displayName, setDisplayName] = useState("");
  const [code, setCode] = useState("");
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [problems, setProblems] = useState<PlacedProblems>(NO_PROBLEMS);
  const [error, setError] = useState<CombinedError | undefined>();

  const sites = data?.sites.nodes ?? [];
  // With a single site there is nothing to choose.
  const siteIds = chosen ?? (sites.length === 1 ? sites.map((site) => site.id) : []);
  const problemAt = (field: Field) => {
    const problem = problems.fields[field];
    if (!problem) return null;
    const code = TRANSLATED.find((known) => known === problem.code);
    return code ? t(`employeeCreate.problems.${code}`) : problem.message;
  };
  const forget = (field: Field) => {
    const fields = { ...problems.fields };
    delete fields[field];
    setProblems({ ...problems, fields });
  };

  const submit = async (event?: FormEvent<HTMLFormElement>) => {
    event?.preventDefault();
    setError(undefined);
    const result = await create({ input: { displayName, code, siteIds } });
    const payload = result.data?.employeeCreate;
    if (!payload) {
      setError(result.error);
      return;
    }
    if (payload.status === "DONE") {
      notifications.show({
        color: "ink",
        title: t("employeeCreate.created", { name: payload.employee?.displayName ?? displayName }),
        message: t("employeeCreate.createdText"),
      });
      onDone();
      return;
    }
    const placed = placeProblems(payload.problems);
    setProblems(placed);
    const first = (["displayName", "code"] as const).find((field) => placed.fields[field]);
    if (first) document.getElementById(`${formId}-${first}`)?.focus();
  };

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Failure error={error} retry={() => void submit()} />
      {problems.rest.length > 0 ? (
        <ul role="alert" className={styles.rest}>
          {problems.rest.map((problem) => (
            <li key={`${problem.field} ${problem.code}`}>{problem.message}</li>
          ))}
        </ul>
      ) : null}
      <TextInput
        id={`${formId}-displayName`}
        label={t("employeeCreate.name")}
        description={t("employeeCreate.nameHint")}
        error={problemAt("displayName")}
        value={displayName}
        onChange={(event) => {
          setDisplayName(event.currentTarget.value);
          forget("displayName");
        }}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        id={`${formId}-code`}
        label={t("employeeCreate.code")}
        description={t("employeeCreate.codeHint")}
        error={problemAt("code")}
        value={code}
        onChange={(event) => {
          setCode(event.currentTarget.value);
          forget("code");
        }}
        autoComplete="off"
      />
      <Checkbox.Group
        label={t("employeeCreate.sites")}
        description={t("employeeCreate.sitesHint")}
        error={problemAt("siteIds")}
        value={siteIds}
        onChange={(value) => {
          setChosen(value);
          forget("siteIds");
        }}
      >
        <div className={styles.choices}>
          {sites.map((site) => (
            <Checkbox key={site.id} value={site.id} label={site.name} size="sm" />
          ))}
        </div>
      </Checkbox.Group>
      <div className={styles.actions}>
        <Button variant="default" onClick={onDone}>
          {t("employeeCreate.cancel")}
        </Button>
        <Button type="submit" loading={fetching}>
          {t("employeeCreate.submit")}
        </Button>
      </div>
    </form>
  );
}
